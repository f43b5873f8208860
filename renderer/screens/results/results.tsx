import { NativeSelect, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { GroupRow } from '../../../app/contract/calls.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { decisionCells, verdictCells } from '../../parts/group-columns.tsx';
import { counted, spokenUnits } from '../../parts/spoken.ts';
import { Waiting } from '../../parts/waiting.tsx';
import { useGroups } from '../../state/groups.ts';
import { usePlace } from '../../state/place.ts';
import { useSession } from '../../state/session.tsx';
import { Apply } from './apply.tsx';
import { matches, type ResultFilter, resultFilters } from './result-filter.ts';
import styles from './results.module.css';

const columns: readonly Column<GroupRow>[] = [
  {
    id: 'merge_type',
    title: 'merge_type',
    hint: 'The newest verdict of a judge',
    width: '150px',
    ...verdictCells,
  },
  {
    id: 'decision',
    title: 'Decision',
    hint: 'What a person decided',
    width: '120px',
    ...decisionCells,
  },
  {
    id: 'merge_units',
    title: 'merge_units',
    width: '130px',
    value: (row) => spokenUnits(row.units),
    cell: (row) => <span className={styles['units']}>{spokenUnits(row.units)}</span>,
  },
  {
    id: 'judge',
    title: 'Judge',
    width: '130px',
    value: (row) => row.verdict?.model || row.verdict?.judge,
    cell: (row) => <span className={styles['muted']}>{row.verdict?.model || row.verdict?.judge || '–'}</span>,
  },
  {
    id: 'reasoning',
    title: 'reasoning',
    width: 'minmax(200px, 1fr)',
    value: (row) => row.verdict?.reasoning ?? row.failure?.message,
    cell: (row) => {
      const text = row.verdict?.reasoning ?? row.failure?.message ?? '';
      return <span title={text}>{text}</span>;
    },
  },
];

/** The table of results, and what becomes of it: merged analyzer, results.csv, curation file. */
export function Results() {
  const { session } = useSession();
  const groups = useGroups(session.sessionId);
  const [filter, setFilter] = useState<ResultFilter>('all');
  const [words, setWords] = useState('');
  const rows = useMemo(() => groups.data?.groups.filter((row) => matches(row, filter, words)), [groups.data, filter, words]);

  return (
    <div className={styles['results']}>
      <section className={styles['tablePart']} aria-label="Table of results">
        <header className={styles['head']}>
          <h1>Results</h1>
          <span className={styles['muted']}>
            {rows && groups.data
              ? rows.length === groups.data.groups.length
                ? counted(rows.length, 'group')
                : `${rows.length} of ${counted(groups.data.groups.length, 'group')}`
              : ''}
          </span>
          <NativeSelect
            aria-label="Show"
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value as ResultFilter)}
            data={resultFilters.map(({ id, title }) => ({ value: id, label: title }))}
          />
          <TextInput
            aria-label="Find in units and reasoning"
            placeholder="Units or words"
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
        </header>
        {groups.error && <FailurePanel failure={groups.error} onRetry={() => void groups.refetch()} />}
        {!groups.data && !groups.error && <Waiting what="Reading the results" />}
        {groups.data?.groups.length === 0 && (
          <Empty title="No group yet">
            <p>Find merge candidates first, then judge and review them.</p>
          </Empty>
        )}
        {groups.data && groups.data.groups.length > 0 && rows?.length === 0 && (
          <Empty title="Nothing matches">
            <p>No group fits this filter.</p>
          </Empty>
        )}
        {rows && rows.length > 0 && (
          <DataTable
            label="Results"
            rows={rows}
            columns={columns}
            rowId={(row) => row.groupId}
            rowLabel={(row) => `Units ${spokenUnits(row.units)}`}
            onOpen={(row) => usePlace.getState().reviewGroup(row.groupId)}
          />
        )}
      </section>
      <Apply />
    </div>
  );
}
