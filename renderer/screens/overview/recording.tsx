import type { Answer } from '../../../app/contract/calls.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { FolderChoice } from '../../parts/folder-choice.tsx';
import { say } from '../../state/live.ts';
import { useAct } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import styles from './overview.module.css';

/** Whether the traces behind the analyzer can be read, and a way to say where they are now. */
export function Recording(props: { recording: Answer<'compute.list'>['recording']; onLocated: () => void }) {
  const { recording } = props;
  const { sessionId } = useSession().session;
  const locating = useAct('compute.locateRecording', { failureShown: true });

  const locate = async (grant: string) => {
    if ((await locating.act({ sessionId, grant })) === undefined) return;
    say('The recording is found.');
    props.onLocated();
  };

  if (recording.found)
    return (
      <p className={styles['itemNote']}>
        Recording <span className={styles['itemName']}>{recording.name}</span> can be read.
      </p>
    );
  return (
    <div className={styles['recording']}>
      <p>{recording.why}</p>
      <FolderChoice
        purpose="recording"
        choose="Locate recording…"
        typed={{ label: 'The recording’s folder', placeholder: '/data/recording', button: 'Locate' }}
        busy={locating.busy}
        onChoose={({ grant }) => void locate(grant)}
      />
      {locating.failure && <FailurePanel failure={locating.failure} />}
    </div>
  );
}
