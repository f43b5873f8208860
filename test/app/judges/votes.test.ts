import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../app/contract/verdict.ts';
import { costUsd, findModel } from '../../../app/judges/models.ts';
import { nearestExamples } from '../../../app/judges/nearest-examples.ts';
import { inGroupOrder, unitOrder } from '../../../app/judges/unit-order.ts';
import { tally } from '../../../app/judges/votes.ts';

const verdict = (word: Verdict['verdict'], confidence = 0.8, more: Partial<Verdict> = {}): Verdict => ({
  verdict: word,
  confidence,
  reasoning: `${word}.`,
  features: [],
  ...more,
});

describe('the order of units', () => {
  it('follows from seed and group alone, is even over groups, and lets every unit be first in turn', () => {
    expect(unitOrder(4, 7, 'g', 0)).toEqual(unitOrder(4, 7, 'g', 0));
    const first = Array.from({ length: 400 }, (_, index) => unitOrder(2, 0, `group ${index}`, 0)[0]);
    const zeros = first.filter((place) => place === 0).length;
    expect(zeros).toBeGreaterThan(150);
    expect(zeros).toBeLessThan(250);
    for (const count of [2, 3, 5])
      expect(new Set(Array.from({ length: count }, (_, vote) => unitOrder(count, 1, 'g', vote)[0])).size).toBe(count);
  });

  it('is undone in cells and in sentences, and the article stays an article', () => {
    const labels = ['A', 'B', 'C'];
    const shown = verdict('not merge', 0.9, {
      reasoning: 'A and B share a gap; C does not. A narrow peak of unit A sits beside B’s trough (A: 12). A has 3.',
      features: [{ feature: 'x', finding: 'Unit C fades as A begins.', supports: 'neither', severity: 'low' }],
      cells: [['A', 'B'], ['C']],
    });
    // Under A stood the third unit, under B the first, under C the second.
    const told = inGroupOrder(shown, labels, [2, 0, 1]);
    expect(told.cells).toEqual([['A', 'C'], ['B']]);
    expect(told.reasoning).toBe('C and A share a gap; B does not. A narrow peak of unit C sits beside A’s trough (C: 12). C has 3.');
    expect(told.features[0].finding).toBe('Unit B fades as C begins.');
    expect(inGroupOrder(shown, labels, [0, 1, 2])).toBe(shown);
  });
});

describe('votes', () => {
  it('are one verdict with their agreement, and unsure where they tie', () => {
    const { verdict: majority, agreement } = tally([verdict('merge', 0.6), verdict('not merge', 1), verdict('merge', 0.8)]);
    expect(majority).toMatchObject({ verdict: 'merge', reasoning: 'merge.' });
    expect(majority.confidence).toBeCloseTo((2 / 3) * 0.7);
    expect(agreement).toBeCloseTo(2 / 3);
    expect(tally([verdict('merge'), verdict('not merge')]).verdict.verdict).toBe('unsure');
    expect(tally([verdict('merge', 0.4)])).toMatchObject({ verdict: { confidence: 0.4 }, agreement: 1 });
  });

  it('for three units agree only where the cells are the same', () => {
    const cut = (...cells: string[][]) => verdict('not merge', 0.9, { cells });
    expect(tally([cut(['A', 'B'], ['C']), cut(['A'], ['B', 'C'])]).verdict).toMatchObject({ verdict: 'unsure' });
    const { verdict: most } = tally([cut(['A', 'B'], ['C']), cut(['A'], ['B', 'C']), cut(['A', 'B'], ['C'])]);
    expect(most).toMatchObject({ verdict: 'not merge', cells: [['A', 'B'], ['C']] });
  });
});

describe('nearest examples', () => {
  const example = (label: 'good' | 'bad', at: number, id = `${label} ${at}`) => ({ id, label, numbers: { a: at, b: at * 10, c: 1 } });

  it('are as many good as bad ones, nearest last of each', () => {
    const all = [example('good', 1), example('good', 5), example('good', 9), example('bad', 2), example('bad', 8)];
    expect(nearestExamples({ a: 1, b: 10, c: 1 }, all, 3).map(({ id }) => id)).toEqual(['good 5', 'good 1', 'bad 8', 'bad 2']);
    expect(nearestExamples({ a: 9, b: 90, c: 1 }, all, 1).map(({ id }) => id)).toEqual(['good 9', 'bad 8']);
  });

  it('compare larger groups by the mean of their pairs, and leave out what shares too few numbers', () => {
    const numbers = { 'A-B.a': 1, 'A-C.a': 3, 'A-B.b': 20, 'B-C.c': 1 };
    expect(nearestExamples(numbers, [example('good', 2), { id: 'thin', label: 'good' as const, numbers: { a: 2 } }], 5)).toHaveLength(1);
  });
});

describe('what was used', () => {
  it('costs its own price where the provider read it from its cache, and more where it wrote to it', () => {
    const usage = { inputTokens: 1_000_000, outputTokens: 0, cachedInputTokens: 800_000 };
    expect(costUsd('openai', 'gpt-4o', usage)).toBeCloseTo(0.2 * 2.5 + 0.8 * 1.25);
    const written = { ...usage, cachedInputTokens: 0, cacheWriteTokens: 1_000_000 };
    expect(costUsd('anthropic', 'claude-sonnet-4-5', written)).toBeCloseTo(3 * 1.25);
  });

  it('is looked up among the providers there are, not among what every object has', () => {
    for (const name of ['constructor', '__proto__', 'toString']) expect(findModel(name, 'gpt-4o')).toBeUndefined();
  });
});
