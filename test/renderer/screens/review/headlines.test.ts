import { expect, test } from 'vitest';
import type { Answer } from '../../../../app/contract/calls.ts';
import { evidenceNumbers } from '../../../../app/evidence/registry.ts';
import { headlinesOf, wantedHeadlines } from '../../../../renderer/screens/review/headlines.ts';

const numbers = evidenceNumbers.map(({ id, title, unit, definition, source, reading, digits }) => ({
  id,
  title,
  unit,
  definition,
  source,
  reading,
  digits,
  missing: [] as string[],
}));

function evidence(values: Record<string, number | null>, given = numbers): Answer<'group.evidence'> {
  return { pairs: [{ units: [1, 2], labels: ['A', 'B'], values }], numbers: given };
}

test('every number of the strip is one that is measured', () => {
  const known = new Set<string>(evidenceNumbers.map(({ id }) => id));
  for (const { ids } of wantedHeadlines) for (const id of ids) expect(known).toContain(id);
});

test('numbers that belong together stand together, with their units', () => {
  const shown = evidence({ ccg_observed_count: 0, ccg_expected_count: 42.7, template_best_lag_ms: 0.033, rp_violations_first: 1 });
  const value = (title: string) => headlinesOf(shown, shown.pairs[0]).find((one) => one.title === title)?.value;
  expect(value('Coincidences')).toBe('0 of 42.7');
  expect(value('Best lag')).toMatch(/ ms$/);
  expect(value('Violations')).toBe('1 · – → –');
  expect(value('PCA d′')).toBe('–');
});

test('a missing extension is named in the hint', () => {
  const lacking = numbers.map((number) => (number.id === 'pca_d_prime' ? { ...number, missing: ['principal_components'] } : number));
  const shown = evidence({}, lacking);
  expect(
    headlinesOf(shown, shown.pairs[0])
      .find((one) => one.title === 'PCA d′')
      ?.hint(),
  ).toContain('needs principal_components');
});

test('a number that is not measured is left out instead of shown as nothing', () => {
  const shown = evidence({}, numbers.slice(0, 1));
  expect(headlinesOf(shown, shown.pairs[0])).toEqual([]);
});
