import { expect, test } from 'vitest';
import { namedNumbers } from '../../../../renderer/screens/library/named-numbers.ts';

const meanings = [
  { id: 'template_best_lag_ms', title: 'Best lag of the templates', unit: 'ms', definition: 'A shift.', digits: 2 },
  { id: 'pca_d_prime', title: 'PCA d′', unit: '', definition: 'Apart.', digits: 2 },
];

test('kept numbers go by their titles, with unit and digits', () => {
  expect(namedNumbers({ template_best_lag_ms: 0.0333, pca_d_prime: null }, meanings)).toEqual([
    { id: 'template_best_lag_ms', title: 'Best lag of the templates', value: '0.03 ms', hint: 'A shift. (template_best_lag_ms)' },
    { id: 'pca_d_prime', title: 'PCA d′', value: '–', hint: 'Apart. (pca_d_prime)' },
  ]);
});

test('of a larger group the pair is named; a number of another version keeps its id', () => {
  const [pair, unknown] = namedNumbers({ 'A-C.pca_d_prime': 1.5, 'A-B.gone_by': 2 }, meanings);
  expect(pair).toMatchObject({ title: 'A–C: PCA d′', value: '1.50' });
  expect(unknown).toEqual({ id: 'A-B.gone_by', title: 'A-B.gone_by', value: '2', hint: 'A-B.gone_by' });
});
