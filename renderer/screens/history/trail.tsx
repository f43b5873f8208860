import { useMemo } from 'react';
import type { Answer, SessionInfo } from '../../../app/contract/calls.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { Panel } from '../../parts/panel.tsx';
import { spokenTime } from '../../parts/spoken.ts';
import { useAsk } from '../../state/queries.ts';
import styles from './history.module.css';

type EventRow = Answer<'session.history'>['events'][number] & { readonly place: number };

const columns: readonly Column<EventRow>[] = [
  {
    id: 'at',
    title: 'When',
    width: '150px',
    value: (row) => row.place,
    cell: (row) => <span className={styles['muted']}>{spokenTime(row.at)}</span>,
  },
  { id: 'what', title: 'What', width: '200px', value: (row) => row.what, cell: (row) => row.what },
  { id: 'detail', title: 'Detail', width: 'minmax(200px, 1fr)', cell: (row) => <span title={row.detail}>{row.detail}</span> },
];

/** What happened in one session, newest first. */
export function Trail(props: { session: SessionInfo }) {
  const history = useAsk('session.history', { sessionId: props.session.sessionId });
  const rows = useMemo(() => history.data?.events.map((event, place) => ({ ...event, place })), [history.data]);
  return (
    <Panel title={`What happened in ${props.session.title}`} className={styles['trail']}>
      {history.error && <FailurePanel failure={history.error} onRetry={() => void history.refetch()} />}
      {rows?.length === 0 && <p className={styles['muted']}>Nothing yet.</p>}
      {rows && rows.length > 0 && (
        <div className={styles['events']}>
          <DataTable
            label="Events"
            rows={rows}
            columns={columns}
            rowId={(row) => String(row.place)}
            initialSort={{ id: 'at', descending: true }}
          />
        </div>
      )}
    </Panel>
  );
}
