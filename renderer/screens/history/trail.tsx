import type { Answer, SessionInfo } from '../../../app/contract/calls.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { Panel } from '../../parts/panel.tsx';
import { spokenTime } from '../../parts/spoken.ts';
import { type Column, TableView } from '../../parts/table-view.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { usePages } from '../../state/pages.ts';
import styles from './history.module.css';

interface EventRow {
  readonly at: string;
  readonly what: string;
  readonly detail: string;
  readonly place: number;
}

const columns: readonly Column<EventRow>[] = [
  {
    id: 'at',
    title: 'When',
    hint: 'Newest first',
    width: '150px',
    cell: (row) => <span className={styles['muted']}>{spokenTime(row.at)}</span>,
  },
  { id: 'what', title: 'What', width: '200px', cell: (row) => row.what },
  { id: 'detail', title: 'Detail', width: 'minmax(200px, 1fr)', cell: (row) => <span title={row.detail}>{row.detail}</span> },
];

const stretchOf = ({ events, from, total }: Answer<'session.history'>) => ({
  rows: events.map((event, index): EventRow => ({ ...event, place: from + index })),
  from,
  total,
});
const rowId = (row: EventRow) => String(row.place);
const never = () => false;
const nothing = () => undefined;

/** What happened in one session, newest first; only what is on screen is ever here. */
export function Trail(props: { session: SessionInfo }) {
  const { sessionId } = props.session;
  const pages = usePages('session.history', (range) => ({ sessionId, ...range }), stretchOf);
  return (
    <Panel title={`What happened in ${props.session.title}`} className={styles['trail']}>
      {pages.error && <FailurePanel failure={pages.error} onRetry={pages.retry} />}
      {!pages.head && !pages.error && <Waiting what="Reading what happened" />}
      {pages.total > 0 && (
        <div className={styles['events']}>
          <TableView
            label="Events"
            count={pages.total}
            rowAt={pages.rowAt}
            columns={columns}
            rowId={rowId}
            sorting={undefined}
            sortable={never}
            onSort={nothing}
            onRange={pages.show}
          />
        </div>
      )}
    </Panel>
  );
}
