import { describe, expect, test } from 'vitest';
import type { GroupRow } from '../../../../app/contract/calls.ts';
import type { VerdictWord } from '../../../../app/contract/verdict.ts';
import { arrange, firstShown, neighbour, nextOpen } from '../../../../renderer/screens/review/queue.ts';
import { asShown } from '../../../../renderer/state/groups.ts';

function group(
  groupId: string,
  given: { decision?: VerdictWord; verdict?: VerdictWord; confidence?: number; templateDiff?: number; failed?: boolean } = {},
): GroupRow {
  return {
    groupId,
    units: [1, 2],
    labels: ['A', 'B'],
    spikeCounts: [10, 20],
    origin: 'search',
    sources: [],
    templateDiff: given.templateDiff ?? null,
    decision: given.decision ?? null,
    decidedAt: null,
    note: '',
    verdict:
      given.verdict === undefined
        ? null
        : {
            verdictId: `v-${groupId}`,
            judge: 'offline',
            model: 'offline',
            verdict: given.verdict,
            confidence: given.confidence ?? 0.5,
            reasoning: '',
          },
    verdictCount: given.verdict === undefined ? 0 : 1,
    failure: given.failed ? { kind: 'provider.timeout', message: 'No reply.' } : null,
    example: null,
  };
}

const ids = (groups: readonly GroupRow[]) => groups.map((one) => one.groupId);

describe('the review queue', () => {
  const groups = [
    group('a', { decision: 'merge', verdict: 'merge', confidence: 0.9, templateDiff: 0.2 }),
    group('b', { verdict: 'not merge', confidence: 0.6, templateDiff: 0.05 }),
    group('c', { decision: 'unsure', verdict: 'merge', confidence: 0.7 }),
    group('d', { failed: true, templateDiff: 0.1 }),
    group('e', { decision: 'not merge' }),
  ];

  test('shows groups as they were found unless told otherwise', () => {
    expect(ids(arrange(groups, 'all', 'found', false))).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('filters by decision, by disagreement and by failure', () => {
    expect(ids(arrange(groups, 'open', 'found', false))).toEqual(['b', 'd']);
    expect(ids(arrange(groups, 'merge', 'found', false))).toEqual(['a']);
    expect(ids(arrange(groups, 'not merge', 'found', false))).toEqual(['e']);
    expect(ids(arrange(groups, 'unsure', 'found', false))).toEqual(['c']);
    expect(ids(arrange(groups, 'disagree', 'found', false))).toEqual(['c']);
    expect(ids(arrange(groups, 'failed', 'found', false))).toEqual(['d']);
    expect(ids(arrange(groups, 'judged', 'found', false))).toEqual(['a', 'b', 'c']);
  });

  test('orders by template difference or confidence and keeps what has none at the end, as found', () => {
    expect(ids(arrange(groups, 'all', 'alike', false))).toEqual(['b', 'd', 'a', 'c', 'e']);
    expect(ids(arrange(groups, 'all', 'surest', false))).toEqual(['a', 'c', 'b', 'd', 'e']);
    expect(ids(arrange(groups, 'all', 'least', false))).toEqual(['b', 'c', 'a', 'd', 'e']);
  });

  test('tells nothing of a verdict in a blind review before the person has decided', () => {
    expect(asShown(groups[1]!, true).verdict).toBeNull();
    expect(asShown(groups[0]!, true).verdict).not.toBeNull();
    expect(asShown(groups[1]!, false).verdict).not.toBeNull();
    expect(ids(arrange(groups, 'all', 'surest', true))).toEqual(['a', 'c', 'b', 'd', 'e']);
    expect(ids(arrange(groups, 'judged', 'found', true))).toEqual(['a', 'c']);
  });

  test('leaves the answer of the core untouched', () => {
    const before = ids(groups);
    arrange(groups, 'all', 'least', true);
    expect(ids(groups)).toEqual(before);
    expect(groups[1]!.verdict).not.toBeNull();
  });

  test('goes to the next open group, then to the first open one above, then nowhere', () => {
    expect(nextOpen(groups, 'a')?.groupId).toBe('b');
    expect(nextOpen(groups, 'b')?.groupId).toBe('d');
    expect(nextOpen(groups, 'd')?.groupId).toBe('b');
    expect(nextOpen(groups.slice(0, 2), 'b')).toBeUndefined();
    expect(nextOpen([], 'b')).toBeUndefined();
  });

  test('goes to the next open group from one that the filter hides', () => {
    expect(nextOpen(arrange(groups, 'open', 'found', false), 'e')?.groupId).toBe('b');
  });

  test('stops at the ends', () => {
    expect(neighbour(groups, 'a', -1)).toBeUndefined();
    expect(neighbour(groups, 'e', 1)).toBeUndefined();
    expect(neighbour(groups, 'c', 1)?.groupId).toBe('d');
    expect(neighbour(groups, 'gone', 1)?.groupId).toBe('a');
  });

  test('begins with the wanted group, else where the person left, else with the first open one', () => {
    expect(firstShown(groups, 'e', 'c')?.groupId).toBe('e');
    expect(firstShown(groups, undefined, 'c')?.groupId).toBe('c');
    expect(firstShown(groups, 'gone', null)?.groupId).toBe('b');
    expect(firstShown([groups[0]!], undefined, undefined)?.groupId).toBe('a');
    expect(firstShown([], 'a', 'a')).toBeUndefined();
  });
});
