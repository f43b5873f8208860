import { type ChosenFolder, FolderChoice } from '../../parts/folder-choice.tsx';
import styles from './results.module.css';

/** Where to write, and what was chosen. */
export function Target(props: { target: ChosenFolder | undefined; suggestedName: string; onChoose: (target: ChosenFolder) => void }) {
  return (
    <div className={styles['target']}>
      <FolderChoice
        purpose="output"
        suggestedName={props.suggestedName}
        choose="Choose where to write…"
        typed={{ label: 'Write into this folder', placeholder: '/data/session', button: 'Use folder' }}
        onChoose={props.onChoose}
      />
      {props.target && (
        <p className={styles['muted']}>
          Into <span className={styles['path']}>{props.target.display}</span>
        </p>
      )}
    </div>
  );
}
