import type { GroupRow } from '../../app/contract/calls.ts';
import type { Column } from './data-table.tsx';
import { VerdictMark } from './verdict-mark.tsx';

/** The newest verdict of a judge, or that asking failed, or that nobody was asked. */
export const verdictCells = {
  value: (row) => row.verdict?.verdict ?? (row.failure ? 'failed' : null),
  cell: (row) =>
    row.verdict ? (
      <VerdictMark verdict={row.verdict.verdict} confidence={row.verdict.confidence} />
    ) : (
      <VerdictMark verdict={row.failure ? 'failed' : 'unjudged'} />
    ),
} satisfies Pick<Column<GroupRow>, 'value' | 'cell'>;

/** What a person decided. */
export const decisionCells = {
  value: (row) => row.decision,
  cell: (row) => <VerdictMark verdict={row.decision ?? 'none'} />,
} satisfies Pick<Column<GroupRow>, 'value' | 'cell'>;
