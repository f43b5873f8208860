import { ActionIcon, Button, Checkbox } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import type { GroupRow } from '../../../app/contract/calls.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { decisionCells, verdictCells } from '../../parts/group-columns.tsx';
import { counted, spokenCount, spokenNumber, spokenUnits } from '../../parts/spoken.ts';
import { Waiting } from '../../parts/waiting.tsx';
import { say } from '../../state/live.ts';
import { usePlace } from '../../state/place.ts';
import { useAct, useAsk } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import styles from './candidates.module.css';
import { parseFilter } from './filter-expression.ts';
import { PairScatter } from './pair-scatter.tsx';
import { fieldOf, type NumberMeaning, rowFields, sourceWords, usePairTable, type Values } from './pair-table.ts';
import { TableTools } from './table-tools.tsx';

const none: Values = new Map();
const noNumbers: readonly NumberMeaning[] = [];

/** Numbers of all groups, measured when first wanted and again when the list changes. */
function useMeasured(groups: readonly GroupRow[], wanted: boolean) {
  const { session } = useSession();
  const measure = useAct('group.numbers');
  const { act, answer } = measure;
  const [measuredFor, setMeasuredFor] = useState<string | undefined>(undefined);
  const listName = useMemo(() => groups.map(({ groupId }) => groupId).join(' '), [groups]);
  useEffect(() => {
    if (!wanted || listName === '' || measuredFor === listName) return;
    setMeasuredFor(listName);
    void act({ sessionId: session.sessionId });
  }, [wanted, listName, measuredFor, act, session.sessionId]);
  const values = useMemo<Values>(() => (answer ? new Map(answer.groups.map((row) => [row.groupId, row.values])) : none), [answer]);
  return { ...measure, values, again: () => setMeasuredFor(undefined) };
}

/** Every group of the session; ticked ones can be judged alone. */
export function Groups(props: { groups: readonly GroupRow[] }) {
  const { groups } = props;
  const { columns: shownNumbers, filter, scatterOpen } = usePairTable();
  const { session } = useSession();
  const meanings = useAsk('group.meanings', { sessionId: session.sessionId });
  const numbers = meanings.data?.numbers ?? noNumbers;
  const parsed = useMemo(() => parseFilter(filter, new Set([...rowFields, ...numbers.map(({ id }) => id)])), [filter, numbers]);
  const wanted =
    scatterOpen || shownNumbers.length > 0 || (parsed.ok && parsed.names.some((name) => numbers.some(({ id }) => id === name)));
  const measured = useMeasured(groups, wanted);
  const { values } = measured;
  const chosenIds = usePlace((place) => place.chosenGroupIds);
  const remove = useAct('candidates.removeGroup');
  const chosen = useMemo(() => new Set(chosenIds), [chosenIds]);
  const { act } = remove;

  const columns = useMemo<readonly Column<GroupRow>[]>(() => {
    const tick = (row: GroupRow) => {
      const ids = usePlace.getState().chosenGroupIds;
      usePlace.getState().chooseGroups(ids.includes(row.groupId) ? ids.filter((id) => id !== row.groupId) : [...ids, row.groupId]);
    };
    const takeOff = async (row: GroupRow) => {
      if (!(await act({ groupId: row.groupId }))) return;
      usePlace.getState().chooseGroups(usePlace.getState().chosenGroupIds.filter((id) => id !== row.groupId));
      say(`${spokenUnits(row.units)} is off the list.`);
    };
    return [
      {
        id: 'tick',
        title: 'Chosen',
        titleHidden: true,
        width: '36px',
        cell: (row) => (
          <Checkbox
            size="xs"
            aria-label={`Choose ${spokenUnits(row.units)}`}
            checked={usePlace.getState().chosenGroupIds.includes(row.groupId)}
            onClick={(event) => event.stopPropagation()}
            onChange={() => tick(row)}
          />
        ),
      },
      {
        id: 'units',
        title: 'Units',
        width: 'minmax(110px, 1fr)',
        value: (row) => spokenUnits(row.units),
        cell: (row) => <span className={styles['units']}>{spokenUnits(row.units)}</span>,
      },
      {
        id: 'spikes',
        title: 'Spikes',
        width: 'minmax(110px, 1fr)',
        hint: 'Spikes of each unit',
        value: (row) => Math.min(...row.spikeCounts),
        cell: (row) => <span>{row.spikeCounts.map(spokenCount).join(' · ')}</span>,
      },
      {
        id: 'diff',
        title: 'Template diff',
        width: '104px',
        numeric: true,
        hint: '1 − template similarity (largest of its pairs)',
        value: (row) => row.templateDiff,
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
            value: (row: GroupRow) => values.get(row.groupId)?.[id],
            cell: (row: GroupRow) => spokenNumber(values.get(row.groupId)?.[id], number.digits),
          },
        ];
      }),
      {
        id: 'origin',
        title: 'Found by',
        width: 'minmax(84px, 1fr)',
        value: sourceWords,
        cell: (row) => (
          <span className={styles['source']} title={sourceWords(row)}>
            {sourceWords(row)}
          </span>
        ),
      },
      {
        id: 'verdict',
        title: 'Verdict',
        width: '140px',
        ...verdictCells,
      },
      {
        id: 'decision',
        title: 'Decision',
        width: '116px',
        ...decisionCells,
      },
      {
        id: 'off',
        title: 'Take off',
        titleHidden: true,
        width: '40px',
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
  }, [act, shownNumbers, numbers, values]);

  // The ticks are drawn from the store, so rows are made anew when they change.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `chosen` is what the cells read
  const rows = useMemo(
    () => groups.filter((row) => !parsed.ok || parsed.test((name) => fieldOf(row, name, values))),
    [groups, chosen, parsed, values],
  );

  if (groups.length === 0)
    return (
      <Empty title="No group yet">
        <p>Find candidates, bring some from elsewhere, or put a group together by hand.</p>
      </Empty>
    );
  const allChosen = rows.length > 0 && rows.every(({ groupId }) => chosen.has(groupId));
  return (
    <>
      <header className={styles['foundHead']}>
        <h2>{counted(groups.length, 'group')}</h2>
        <Button onClick={() => usePlace.getState().chooseGroups(allChosen ? [] : rows.map((group) => group.groupId))}>
          {allChosen ? 'Choose none' : 'Choose all'}
        </Button>
        <Button onClick={() => usePlace.getState().goTo('batch')}>{chosen.size > 0 ? `Send ${chosen.size} to judge…` : 'Judge…'}</Button>
        <Button variant="filled" onClick={() => usePlace.getState().reviewChosen(chosen.size > 0)}>
          {chosen.size > 0 ? `Review ${chosen.size} chosen` : 'Review'}
        </Button>
      </header>
      <TableTools numbers={numbers} parsed={parsed} shownCount={rows.length} totalCount={groups.length} />
      {measured.busy && <Waiting what="Measuring the groups" progress={measured.progress} onCancel={measured.cancel} />}
      {wanted && !measured.busy && !measured.answer && <Button onClick={measured.again}>Measure the groups</Button>}
      {scatterOpen && (
        <PairScatter
          rows={rows}
          values={values}
          numbers={numbers}
          chosen={chosen}
          onChoose={(ids) => usePlace.getState().chooseGroups(ids)}
        />
      )}
      <div className={styles['table']}>
        <DataTable
          label="Groups"
          rows={rows}
          columns={columns}
          rowId={(row) => row.groupId}
          rowLabel={(row) => `Units ${spokenUnits(row.units)}`}
          chosenIds={chosen}
          initialSort={{ id: 'diff', descending: false }}
          onOpen={(row) => usePlace.getState().reviewGroup(row.groupId)}
        />
      </div>
    </>
  );
}
