import { FailurePanel } from '../../parts/failure-panel.tsx';
import { Panel } from '../../parts/panel.tsx';
import { counted, spokenMs, spokenTime } from '../../parts/spoken.ts';
import { useAsk } from '../../state/queries.ts';
import styles from './settings.module.css';

function spokenBytes(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/**
 * What left this machine: when, to whom, how much, how it ended. Never a key, never what was in it. Asked anew whenever it comes on
 * screen, since a test of a key leaves no event, and while a run goes on.
 */
export function Requests() {
  const log = useAsk('requests.list', { limit: 20 }, { keepMs: 0 });
  return (
    <Panel title="What left this machine">
      {log.error && <FailurePanel failure={log.error} onRetry={() => void log.refetch()} />}
      {log.data?.requests.length === 0 && <p className={styles['muted']}>Nothing so far.</p>}
      {log.data && log.data.byHost.length > 0 && (
        <p className={styles['muted']}>
          {log.data.byHost
            .map(({ host, requestCount, sentBytes }) => `${host}: ${counted(requestCount, 'request')}, ${spokenBytes(sentBytes)}`)
            .join(' · ')}
        </p>
      )}
      {log.data && log.data.requests.length > 0 && (
        <div className={styles['log']}>
          <table>
            <caption className={styles['muted']}>The newest requests</caption>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Provider</th>
                <th scope="col">Host</th>
                <th scope="col">Model</th>
                <th scope="col">Sent</th>
                <th scope="col">Ended</th>
                <th scope="col">Took</th>
              </tr>
            </thead>
            <tbody>
              {log.data.requests.map((request, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: requests have no name, and the list is read anew as a whole
                <tr key={index}>
                  <td>{spokenTime(request.at)}</td>
                  <td>{request.judge}</td>
                  <td>{request.host}</td>
                  <td>{request.model ?? '–'}</td>
                  <td>{spokenBytes(request.sentBytes)}</td>
                  <td>{request.status ?? request.failure ?? 'no answer'}</td>
                  <td>{spokenMs(request.ms)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
