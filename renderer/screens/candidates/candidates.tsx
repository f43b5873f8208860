import { FailurePanel } from '../../parts/failure-panel.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useGroups } from '../../state/groups.ts';
import { useSession } from '../../state/session.tsx';
import styles from './candidates.module.css';
import { Groups } from './groups.tsx';
import { HandMade } from './hand-made.tsx';
import { Search } from './search.tsx';

/** Which groups are worth a look: found by template similarity, or put together by hand. */
export function Candidates() {
  const { session } = useSession();
  const groups = useGroups(session.sessionId);
  return (
    <div className={styles['candidates']}>
      <div className={styles['side']}>
        <h1>Candidates</h1>
        <Search />
        <HandMade />
      </div>
      <section className={styles['found']} aria-label="Groups of this session">
        {groups.error && <FailurePanel failure={groups.error} onRetry={() => void groups.refetch()} />}
        {!groups.data && !groups.error && <Waiting what="Reading the groups" />}
        {groups.data && <Groups groups={groups.data.groups} />}
      </section>
    </div>
  );
}
