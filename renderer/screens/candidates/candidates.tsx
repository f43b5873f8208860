import { useAsk } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import styles from './candidates.module.css';
import { Groups } from './groups.tsx';
import { HandMade } from './hand-made.tsx';
import { ImportForm } from './import-form.tsx';
import { Search } from './search.tsx';
import { WhyNot } from './why-not.tsx';

/** Which groups are worth a look: found by a search, brought from elsewhere, or put together by hand. */
export function Candidates() {
  const { session } = useSession();
  const last = useAsk('candidates.lastRun', { sessionId: session.sessionId });
  return (
    <div className={styles['candidates']}>
      <div className={styles['side']}>
        <h1>Candidates</h1>
        <Search />
        {last.data?.run && <WhyNot runId={last.data.run.runId} />}
        <ImportForm />
        <HandMade />
      </div>
      <section className={styles['found']} aria-label="Groups of this session">
        <Groups />
      </section>
    </div>
  );
}
