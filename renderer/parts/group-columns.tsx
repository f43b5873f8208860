import type { ReactNode } from 'react';
import type { GroupRow } from '../../app/contract/calls.ts';
import { VerdictMark } from './verdict-mark.tsx';

/** The newest verdict of a judge, or that asking failed, or that nobody was asked. */
export function verdictCell(row: GroupRow): ReactNode {
  if (row.verdict) return <VerdictMark verdict={row.verdict.verdict} confidence={row.verdict.confidence} />;
  return <VerdictMark verdict={row.failure ? 'failed' : 'unjudged'} />;
}

/** What a person decided. */
export function decisionCell(row: GroupRow): ReactNode {
  return <VerdictMark verdict={row.decision ?? 'none'} />;
}
