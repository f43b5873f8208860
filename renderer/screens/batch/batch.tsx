import { FailurePanel } from '../../parts/failure-panel.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useAsk } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import styles from './batch.module.css';
import { Plan } from './plan.tsx';
import { Runs } from './runs.tsx';

/** Who judges which groups, what it will cost, and how the runs go. */
export function Batch() {
  const { session } = useSession();
  const judges = useAsk('judge.list', {});
  const settings = useAsk('settings.get', {});
  const failure = judges.error ?? settings.error;
  return (
    <div className={styles['batch']}>
      <section className={styles['plan']} aria-label="New run">
        <h1>Judge</h1>
        {failure && <FailurePanel failure={failure} />}
        {judges.data && settings.data ? (
          <Plan judges={judges.data.judges} settings={settings.data} />
        ) : (
          !failure && <Waiting what="Reading the judges" />
        )}
      </section>
      <Runs sessionId={session.sessionId} />
    </div>
  );
}
