import { ActionIcon, Button, Checkbox } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMemo } from 'react';
import type { GroupRow } from '../../../app/contract/calls.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { counted, spokenCount, spokenNumber, spokenUnits } from '../../parts/spoken.ts';
import { VerdictMark } from '../../parts/verdict-mark.tsx';
import { say } from '../../state/live.ts';
import { usePlace } from '../../state/place.ts';
import { useAct } from '../../state/queries.ts';
import styles from './candidates.module.css';

const originWords = { search: 'search', hand: 'by hand', import: 'import' } as const;

/** Every group of the session; ticked ones can be judged alone. */
export function Groups(props: { groups: readonly GroupRow[] }) {
  const { groups } = props;
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
      { id: 'origin', title: 'Found by', width: '84px', value: (row) => row.origin, cell: (row) => originWords[row.origin] },
      {
        id: 'verdict',
        title: 'Verdict',
        width: '140px',
        value: (row) => row.verdict?.verdict ?? (row.failure ? 'failed' : null),
        cell: (row) =>
          row.verdict ? (
            <VerdictMark verdict={row.verdict.verdict} confidence={row.verdict.confidence} />
          ) : (
            <VerdictMark verdict={row.failure ? 'failed' : 'unjudged'} />
          ),
      },
      {
        id: 'decision',
        title: 'Decision',
        width: '116px',
        value: (row) => row.decision,
        cell: (row) => <VerdictMark verdict={row.decision ?? 'none'} />,
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
  }, [act]);

  // The ticks are drawn from the store, so rows are made anew when they change.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `chosen` is what the cells read
  const rows = useMemo(() => [...groups], [groups, chosen]);

  if (groups.length === 0)
    return (
      <Empty title="No group yet">
        <p>Choose a threshold and find candidates, or put a group together by hand.</p>
      </Empty>
    );
  const allChosen = chosen.size === groups.length;
  return (
    <>
      <header className={styles['foundHead']}>
        <h2>{counted(groups.length, 'group')}</h2>
        <Button onClick={() => usePlace.getState().chooseGroups(allChosen ? [] : groups.map((group) => group.groupId))}>
          {allChosen ? 'Choose none' : 'Choose all'}
        </Button>
        <Button onClick={() => usePlace.getState().goTo('batch')}>{chosen.size > 0 ? `Judge ${chosen.size} chosen…` : 'Judge…'}</Button>
        <Button variant="filled" onClick={() => usePlace.getState().goTo('review')}>
          Review
        </Button>
      </header>
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
