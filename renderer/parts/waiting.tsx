import { Button, Progress } from '@mantine/core';
import type { ActProgress } from '../state/queries.ts';
import styles from './parts.module.css';

/** What is being waited for, how far it is, and a way out. Shown only after a moment, so quick work does not flicker. */
export function Waiting(props: { what: string; progress?: ActProgress | undefined; onCancel?: (() => void) | undefined }) {
  const { progress } = props;
  const known = progress !== undefined && progress.total > 0;
  const percent = known ? (100 * progress.done) / progress.total : 100;
  const what = progress?.what || props.what;
  return (
    <div className={styles['waiting']} role="status" aria-label={props.what}>
      <div className={styles['waitingLine']}>
        <span className={styles['waitingWhat']}>{what}</span>
        {known && (
          <span>
            {progress.done} of {progress.total}
          </span>
        )}
        {props.onCancel && <Button onClick={props.onCancel}>Cancel</Button>}
      </div>
      <Progress value={percent} animated={!known} size={4} aria-label={what} />
    </div>
  );
}
