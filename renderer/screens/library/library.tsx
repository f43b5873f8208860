import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { ExampleRow } from '../../../app/contract/calls.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { spokenTime, spokenUnits } from '../../parts/spoken.ts';
import { Waiting } from '../../parts/waiting.tsx';
import { useAsk } from '../../state/queries.ts';
import { ExampleDetail } from './example-detail.tsx';
import styles from './library.module.css';

type Shown = 'all' | 'good' | 'bad';

const columns: readonly Column<ExampleRow>[] = [
  {
    id: 'label',
    title: 'Merge',
    width: '76px',
    value: (row) => row.label,
    cell: (row) => <span data-label={row.label}>{row.label === 'good' ? 'Good' : 'Bad'}</span>,
  },
  {
    id: 'units',
    title: 'Units',
    width: '110px',
    value: (row) => spokenUnits(row.units),
    cell: (row) => <span>{spokenUnits(row.units)}</span>,
  },
  {
    id: 'analyzer',
    title: 'Analyzer',
    width: 'minmax(110px, 1fr)',
    value: (row) => row.analyzerName,
    cell: (row) => <span title={row.analyzerName}>{row.analyzerName}</span>,
  },
  { id: 'why', title: 'Why', width: 'minmax(160px, 2fr)', value: (row) => row.why, cell: (row) => <span title={row.why}>{row.why}</span> },
  { id: 'at', title: 'Kept', width: '130px', value: (row) => row.createdAt, cell: (row) => spokenTime(row.createdAt) },
];

/** Labelled examples that judges are shown first: pictures and numbers as they were when they were kept. */
export function Library() {
  const examples = useAsk('library.list', {});
  const [label, setLabel] = useState<Shown>('all');
  const [shownId, setShownId] = useState<string | undefined>(undefined);
  const rows = useMemo(() => examples.data?.examples.filter((row) => label === 'all' || row.label === label), [examples.data, label]);
  const shown = rows?.find((row) => row.exampleId === shownId) ?? rows?.[0];
  const chosen = useMemo(() => new Set(shown ? [shown.exampleId] : []), [shown]);

  return (
    <div className={styles['library']}>
      <header className={styles['head']}>
        <h1>Library</h1>
        <SegmentedControl
          aria-label="Which examples"
          size="xs"
          value={label}
          onChange={(value) => setLabel(value as Shown)}
          data={[
            { value: 'all', label: 'All' },
            { value: 'good', label: 'Good merges' },
            { value: 'bad', label: 'Bad merges' },
          ]}
        />
      </header>
      {examples.error && <FailurePanel failure={examples.error} onRetry={() => void examples.refetch()} />}
      {!examples.data && !examples.error && <Waiting what="Reading the library" />}
      {rows?.length === 0 && (
        <Empty title={label === 'all' ? 'No example yet' : `No ${label} example yet`}>
          <p>
            On the review page, keep a group as a good or bad merge example with a line why. Models are shown such examples before they
            judge; a group is never judged with an example of its own units.
          </p>
        </Empty>
      )}
      {rows && rows.length > 0 && (
        <div className={styles['columns']}>
          <DataTable
            label="Examples"
            rows={rows}
            columns={columns}
            rowId={(row) => row.exampleId}
            rowLabel={(row) => `${row.label} merge of ${spokenUnits(row.units)}`}
            chosenIds={chosen}
            initialSort={{ id: 'at', descending: true }}
            onOpen={(row) => setShownId(row.exampleId)}
          />
          {shown && <ExampleDetail key={shown.exampleId} example={shown} meanings={examples.data?.numbers ?? []} />}
        </div>
      )}
    </div>
  );
}
