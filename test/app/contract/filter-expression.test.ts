import { describe, expect, test } from 'vitest';
import { type FieldValue, parseFilter } from '../../../app/contract/filter-expression.ts';

const known = new Set(['distance', 'dip', 'decision', 'empty']);
const row: Record<string, FieldValue> = { distance: 0.15, dip: 0.6, decision: 'merge', empty: null };
const holds = (text: string) => {
  const parsed = parseFilter(text, known);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.test((name) => row[name]);
};

describe('a filter expression', () => {
  test.each([
    ['', true],
    ['distance < 0.2', true],
    ['distance < 0.2 and dip < 0.5', false],
    ['distance < 0.2 AND dip < 0.5 or decision == "merge"', true],
    ['distance < 0.2 and (dip < 0.5 or decision = "merge")', true],
    ['not distance >= 0.15', false],
    ['not (distance > 1 or dip > 1)', true],
    ['0.1 <= distance', true],
    ['distance < dip', true],
    ['distance > -1e-3', true],
    ['distance < .2', true],
    ['decision != "unsure"', true],
    ['empty < 1', false],
    ['empty != 1', false],
    ['decision < 3', false],
  ])('%s is %s', (text, expected) => {
    expect(holds(text)).toBe(expected);
  });

  test.each([
    ['distanc < 1', 'There is no number called distanc.', 0],
    ['decision == merge', 'There is no number called merge. A word is written in quotes: "merge".', 12],
    ['distance', 'Expected <, <=, >, >=, == or !=, not the end.', 8],
    ['distance < 1 dip < 2', 'Expected “and” or “or”, not “dip”.', 13],
    ['(distance < 1', 'Expected “)”, not the end.', 13],
    ['distance < 1; alert(1)', '“;” can’t stand here.', 12],
    ['constructor < 1', 'There is no number called constructor.', 0],
  ])('%s is refused: %s', (text, problem, at) => {
    expect(parseFilter(text, known)).toEqual({ ok: false, problem, at });
  });

  test('tells which names it uses', () => {
    expect(parseFilter('distance < 1 and decision == "merge"', known)).toMatchObject({ names: ['distance', 'decision'] });
  });

  test('a hundred thousand rows are tested in well under a second', () => {
    const parsed = parseFilter('distance < 0.2 and not (dip < 0.5 or decision == "unsure")', known);
    const begin = performance.now();
    let passed = 0;
    for (let at = 0; at < 100_000; at += 1) if (parsed.ok && parsed.test((name) => row[name])) passed += 1;
    expect(passed).toBe(100_000);
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});
