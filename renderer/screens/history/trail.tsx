import type { SessionInfo } from '../../../app/contract/calls.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { Panel } from '../../parts/panel.tsx';
import { spokenTime } from '../../parts/spoken.ts';
import { useAsk } from '../../state/queries.ts';
import styles from './history.module.css';

/** What happened in one session, newest first. */
export function Trail(props: { session: SessionInfo }) {
  const history = useAsk('session.history', { sessionId: props.session.sessionId });
  return (
    <Panel title={`What happened in ${props.session.title}`} className={styles['trail']}>
      {history.error && <FailurePanel failure={history.error} onRetry={() => void history.refetch()} />}
      {history.data?.events.length === 0 && <p className={styles['muted']}>Nothing yet.</p>}
      <ul className={styles['events']}>
        {history.data &&
          [...history.data.events].reverse().map((event) => (
            <li key={`${event.at} ${event.what} ${event.detail}`}>
              <span className={styles['muted']}>{spokenTime(event.at)}</span>
              <span>{event.what}</span>
              <span className={styles['muted']}>{event.detail}</span>
            </li>
          ))}
      </ul>
    </Panel>
  );
}
