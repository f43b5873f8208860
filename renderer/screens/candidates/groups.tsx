import { ActionIcon, Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconX } from '@tabler/icons-react';
import { useEffect, useMemo, useRef } from 'react';
import type { GroupRow } from '../../../app/contract/calls.ts';
import { parseFilter } from '../../../app/contract/filter-expression.ts';
import { type GroupView, groupFields } from '../../../app/contract/group-view.ts';
import { Empty } from '../../parts/empty.tsx';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { decisionCell, verdictCell } from '../../parts/group-columns.tsx';
import { nextSorting } from '../../parts/next-sorting.ts';
import { counted, spokenCount, spokenNumber, spokenUnits } from '../../parts/spoken.ts';
import { type Column, TableView } from '../../parts/table-view.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useChoice } from '../../state/choice.ts';
import { useGroupPages } from '../../state/group-pages.ts';
import { say } from '../../state/live.ts';
import { usePlace } from '../../state/place.ts';
import { useAct, useAsk, useStale } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import styles from './candidates.module.css';
import { PairScatter } from './pair-scatter.tsx';
import { type NumberMeaning, sourceWords, usePairTable } from './pair-table.ts';
import { TableTools } from './table-tools.tsx';

const noNumbers: readonly NumberMeaning[] = [];
const typingMs = 200;

/** Numbers of all groups, measured in the core when first wanted and again when groups came that have none. */
function useMeasured(sessionId: string, wanted: boolean, unmeasured: number | undefined) {
  const measure = useAct('group.measure');
  const stale = useStale();
  const { act } = measure;
  const tried = useRef<number | undefined>(undefined);
  const lacking = wanted && unmeasured !== undefined && unmeasured > 0;
  const run = async () => {
    if (await act({ sessionId })) stale('group.list', 'group.points', 'group.marks');
  };
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    if (!lacking || tried.current === unmeasured) return;
    tried.current = unmeasured;
    void latest.current();
  }, [lacking, unmeasured]);
  return { busy: measure.busy, progress: measure.progress, cancel: measure.cancel, lacking, run };
}

const rowId = (row: GroupRow) => row.groupId;
const rowLabel = (row: GroupRow) => `Units ${spokenUnits(row.units)}`;
const isChosen = (row: GroupRow) => row.chosen;
const openRow = (row: GroupRow) => usePlace.getState().reviewGroup(row.groupId);
const unsorted = new Set(['tick', 'spikes', 'off']);

/** Every group of the session; ticked ones can be judged alone. */
export function Groups() {
  const { columns: shownNumbers, filter, sorting, scatterOpen, set } = usePairTable();
  const { session } = useSession();
  const { sessionId } = session;
  const meanings = useAsk('group.meanings', { sessionId });
  const numbers = meanings.data?.numbers ?? noNumbers;
  const parsed = useMemo(() => parseFilter(filter, new Set([...groupFields, ...numbers.map(({ id }) => id)])), [filter, numbers]);
  const lastGood = useRef('');
  if (parsed.ok) lastGood.current = filter.trim();
  const [asked] = useDebouncedValue(lastGood.current, typingMs);
  const view = useMemo<GroupView>(
    () => ({
      ...(asked === '' ? {} : { filter: asked }),
      ...(sorting ? { sort: { by: sorting.id, descending: sorting.descending } } : {}),
    }),
    [asked, sorting],
  );
  const pages = useGroupPages(sessionId, view, shownNumbers);
  const { counts } = pages;
  const wanted =
    scatterOpen || shownNumbers.length > 0 || (parsed.ok && parsed.names.some((name) => numbers.some(({ id }) => id === name)));
  const measured = useMeasured(sessionId, wanted, counts?.unmeasured);
  const { choose, tick } = useChoice(sessionId);
  const remove = useAct('candidates.removeGroup');
  const { act } = remove;

  const columns = useMemo<readonly Column<GroupRow>[]>(() => {
    const takeOff = async (row: GroupRow) => {
      if (await act({ groupId: row.groupId })) say(`${spokenUnits(row.units)} is off the list.`);
    };
    return [
      {
        id: 'tick',
        title: 'Chosen',
        titleHidden: true,
        width: '32px',
        cell: (row) => (
          <input
            type="checkbox"
            className={styles['tick']}
            aria-label={`Choose ${spokenUnits(row.units)}`}
            checked={row.chosen}
            onClick={(event) => event.stopPropagation()}
            onChange={() => tick(row)}
          />
        ),
      },
      {
        id: 'units',
        title: 'Units',
        width: 'minmax(84px, 1fr)',
        cell: (row) => <span className={styles['units']}>{spokenUnits(row.units)}</span>,
      },
      {
        id: 'spike_count',
        title: 'Spikes',
        width: 'minmax(92px, 1fr)',
        hint: 'Spikes of each unit',
        cell: (row) => <span>{row.spikeCounts.map(spokenCount).join(' · ')}</span>,
      },
      {
        id: 'template_diff',
        title: 'Template diff',
        width: '120px',
        numeric: true,
        hint: '1 − template similarity (largest of its pairs)',
        cell: (row) => spokenNumber(row.templateDiff, 3),
      },
      ...shownNumbers.flatMap((id) => {
        const number = numbers.find((one) => one.id === id);
        if (!number) return [];
        return [
          {
            id,
            title: number.title,
            width: 'minmax(90px, 120px)',
            numeric: true,
            hint: `${number.definition} ${number.reading}`,
            cell: (row: GroupRow) => spokenNumber(row.values?.[id], number.digits),
          },
        ];
      }),
      {
        id: 'found_by',
        title: 'Found by',
        width: 'minmax(72px, 1fr)',
        cell: (row) => (
          <span className={styles['source']} title={sourceWords(row)}>
            {sourceWords(row)}
          </span>
        ),
      },
      {
        id: 'verdict',
        title: 'Verdict',
        width: '136px',
        cell: verdictCell,
      },
      {
        id: 'decision',
        title: 'Decision',
        width: '104px',
        cell: decisionCell,
      },
      {
        id: 'off',
        title: 'Take off',
        titleHidden: true,
        width: '36px',
        cell: (row) =>
          row.decision === null && row.verdictCount === 0 ? (
            <ActionIcon
              aria-label={`Take ${spokenUnits(row.units)} off the list`}
              title="Take off the list"
              onClick={(event) => {
                event.stopPropagation();
                void takeOff(row);
              }}
            >
              <IconX size={14} aria-hidden />
            </ActionIcon>
          ) : null,
      },
    ];
  }, [act, tick, shownNumbers, numbers]);

  if (pages.error && parsed.ok) return <FailurePanel failure={pages.error} onRetry={pages.retry} />;
  if (!counts) return <Waiting what="Reading the groups" />;
  if (counts.all === 0)
    return (
      <Empty title="No group yet">
        <p>Find candidates, bring some from elsewhere, or put a group together by hand.</p>
      </Empty>
    );
  const isFiltered = pages.total !== counts.all;
  return (
    <>
      <header className={styles['foundHead']}>
        <h2>{counted(counts.all, 'group')}</h2>
        <Button onClick={() => void choose({ change: 'set', view })}>{isFiltered ? 'Choose these' : 'Choose all'}</Button>
        {counts.chosen > 0 && <Button onClick={() => void choose({ change: 'set', groupIds: [] })}>Choose none</Button>}
        <Button onClick={() => usePlace.getState().goTo('batch')}>
          {counts.chosen > 0 ? `Send ${spokenCount(counts.chosen)} to judge…` : 'Judge…'}
        </Button>
        <Button variant="filled" onClick={() => usePlace.getState().reviewChosen(counts.chosen > 0)}>
          {counts.chosen > 0 ? `Review ${spokenCount(counts.chosen)} chosen` : 'Review'}
        </Button>
      </header>
      <TableTools numbers={numbers} parsed={parsed} shownCount={pages.total} totalCount={counts.all} />
      {measured.busy && <Waiting what="Measuring the groups" progress={measured.progress} onCancel={measured.cancel} />}
      {measured.lacking && !measured.busy && <Button onClick={() => void measured.run()}>Measure the groups</Button>}
      {scatterOpen && <PairScatter sessionId={sessionId} view={view} numbers={numbers} chosenCount={counts.chosen} choose={choose} />}
      {pages.total === 0 && (
        <Empty title="Nothing matches" actions={<Button onClick={() => set({ filter: '' })}>Take the filter away</Button>}>
          <p>No group passes this filter.</p>
        </Empty>
      )}
      <div className={styles['table']} hidden={pages.total === 0}>
        <TableView
          label="Groups"
          count={pages.total}
          rowAt={pages.rowAt}
          columns={columns}
          rowId={rowId}
          rowLabel={rowLabel}
          isChosen={isChosen}
          sorting={sorting}
          sortable={({ id }) => !unsorted.has(id)}
          onSort={(id) => set({ sorting: nextSorting(sorting, id) })}
          onRange={pages.show}
          onOpen={openRow}
          onTick={tick}
        />
      </div>
    </>
  );
}
