import { NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import type { GroupRow } from '../../../app/contract/calls.ts';
import type { GroupView } from '../../../app/contract/group-view.ts';
import { Empty } from '../../parts/empty.tsx';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { decisionCell, verdictCell } from '../../parts/group-columns.tsx';
import { judgeName } from '../../parts/judge-name.ts';
import { nextSorting } from '../../parts/next-sorting.ts';
import { counted, spokenCount, spokenUnits } from '../../parts/spoken.ts';
import { type Column, type Sorting, TableView } from '../../parts/table-view.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useGroupPages } from '../../state/group-pages.ts';
import { usePlace } from '../../state/place.ts';
import { useSession } from '../../state/session.tsx';
import { Apply } from './apply.tsx';
import { type ResultFilter, resultFilters } from './result-filter.ts';
import styles from './results.module.css';

const columns: readonly Column<GroupRow>[] = [
  {
    id: 'merge_type',
    title: 'Verdict',
    hint: 'The newest verdict of a judge',
    width: '136px',
    cell: verdictCell,
  },
  {
    id: 'decision',
    title: 'Decision',
    hint: 'What a person decided',
    width: '104px',
    cell: decisionCell,
  },
  {
    id: 'merge_units',
    title: 'Units',
    hint: 'merge_units in results.csv',
    width: 'minmax(80px, 120px)',
    cell: (row) => <span className={styles['units']}>{spokenUnits(row.units)}</span>,
  },
  {
    id: 'judge',
    title: 'Judge',
    width: 'minmax(90px, 140px)',
    cell: (row) => {
      const name = row.verdict ? judgeName(row.verdict) : '–';
      return (
        <span className={styles['muted']} title={name}>
          {name}
        </span>
      );
    },
  },
  {
    id: 'reasoning',
    title: 'Reasoning',
    hint: 'reasoning in results.csv',
    width: 'minmax(160px, 1fr)',
    cell: (row) => {
      const text = row.verdict?.reasoning ?? row.failure?.message ?? '';
      return <span title={text}>{text}</span>;
    },
  },
];

/** What the core orders a column by. */
const orderBy: Readonly<Record<string, string>> = {
  merge_type: 'verdict',
  decision: 'decision',
  merge_units: 'units',
  judge: 'judge',
  reasoning: 'reasoning',
};
const typingMs = 200;
const rowId = (row: GroupRow) => row.groupId;
const rowLabel = (row: GroupRow) => `Units ${spokenUnits(row.units)}`;
const openRow = (row: GroupRow) => usePlace.getState().reviewGroup(row.groupId);

/** The table of results, and what becomes of it: merged analyzer, results.csv, curation file. */
export function Results() {
  const { session } = useSession();
  const [filter, setFilter] = useState<ResultFilter>('all');
  const [words, setWords] = useState('');
  const [sorting, setSorting] = useState<Sorting | undefined>(undefined);
  const [asked] = useDebouncedValue(words.trim(), typingMs);
  const view = useMemo<GroupView>(() => {
    const by = sorting && orderBy[sorting.id];
    return {
      show: filter,
      ...(asked === '' ? {} : { words: asked }),
      ...(sorting && by ? { sort: { by, descending: sorting.descending } } : {}),
    };
  }, [filter, asked, sorting]);
  const pages = useGroupPages(session.sessionId, view);
  const { counts, total } = pages;

  return (
    <div className={styles['results']}>
      <section className={styles['tablePart']} aria-label="Table of results">
        <header className={styles['head']}>
          <h1>Results</h1>
          <span className={styles['muted']}>
            {counts && (total === counts.all ? counted(total, 'group') : `${spokenCount(total)} of ${counted(counts.all, 'group')}`)}
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
        {pages.error && <FailurePanel failure={pages.error} onRetry={pages.retry} />}
        {!counts && !pages.error && <Waiting what="Reading the results" />}
        {counts?.all === 0 && (
          <Empty title="No group yet">
            <p>Find merge candidates first, then judge and review them.</p>
          </Empty>
        )}
        {counts !== undefined && counts.all > 0 && total === 0 && (
          <Empty title="Nothing matches">
            <p>No group fits this filter.</p>
          </Empty>
        )}
        {total > 0 && (
          <TableView
            label="Results"
            count={total}
            rowAt={pages.rowAt}
            columns={columns}
            rowId={rowId}
            rowLabel={rowLabel}
            sorting={sorting}
            sortable={() => true}
            onSort={(id) => setSorting(nextSorting(sorting, id))}
            onRange={pages.show}
            onOpen={openRow}
          />
        )}
      </section>
      <Apply />
    </div>
  );
}
