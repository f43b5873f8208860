import { describe, expect, it } from 'vitest';
import { chiSquareCdf } from '../../../../app/analyzer/compute/chi-square.ts';
import {
  type Clusters,
  dPrime,
  mahalanobisIsolation,
  nearestNeighbourRates,
  simplifiedSilhouette,
} from '../../../../app/analyzer/compute/cluster-isolation.ts';
import { draws } from './draws.ts';

const width = 4;
const labels = Int32Array.from({ length: 240 }, (_, row) => row % 3);
const points = Float32Array.from(draws(240 * width, 1));
for (const [row, label] of labels.entries()) {
  if (label === 1) points[row * width] += 0.75;
  if (label === 2) points[row * width + 2] -= 0.5;
}
const clusters: Clusters = { points, width, labels, own: 1 };

describe('three clouds of points', () => {
  it('are as isolated as SpikeInterface 0.105.3 finds them', async () => {
    const mahalanobis = await mahalanobisIsolation(clusters, {});
    expect(mahalanobis?.isolationDistance).toBeCloseTo(12.462525684100488, 9);
    expect(mahalanobis?.lRatio).toBeCloseTo(0.23249324384899905, 9);
    expect(await dPrime(clusters, {})).toBeCloseTo(2.7275168895721436, 5);
    expect(simplifiedSilhouette(clusters)).toBeCloseTo(0.32634227418320905, 9);
    const all = await nearestNeighbourRates(clusters, 10_000, 5, {});
    expect([all.hitRate, all.missRate]).toEqual([expect.closeTo(0.7775, 12), expect.closeTo(0.1125, 12)]);
    const spread = await nearestNeighbourRates(clusters, 100, 3, {});
    expect([spread.hitRate, spread.missRate]).toEqual([expect.closeTo(0.7070707070707071, 12), expect.closeTo(0.13930348258706468, 12)]);
  });

  it('are left without an isolation distance where columns depend on each other', async () => {
    const doubled = Float32Array.from({ length: 240 * 2 }, (_, at) => points[(at >> 1) * width]);
    expect(await mahalanobisIsolation({ points: doubled, width: 2, labels, own: 1 }, {})).toBeUndefined();
    const empty = Float32Array.from({ length: 240 * 2 }, (_, at) => (at % 2 === 0 ? points[(at >> 1) * width] : 0));
    expect(await mahalanobisIsolation({ points: empty, width: 2, labels, own: 1 }, {})).toEqual({
      isolationDistance: Number.NaN,
      lRatio: Number.NaN,
    });
  });
});

it.each([
  { width: 7, near: 40, far: 2000 },
  { width: 30, near: 900, far: 3001 },
])('gives up on far spikes early without a change in what the near ones give ($width columns)', async ({ width, near, far }) => {
  const own = 301;
  const count = own + near + far;
  const points = Float64Array.from(draws(count * width, 3));
  // Here and there a far one, in any column, so that groups of rows have both.
  const labels = Int32Array.from({ length: count }, (_, row) => (row < own ? 1 : 2 + (row % 3)));
  for (let row = own; row < own + far; row += 1) points[row * width + (row % width)] += 20 + (row % 11);
  const measured = await mahalanobisIsolation({ points, width, labels, own: 1 }, {});

  const centre = Array.from({ length: width }, (_, at) => mean(Array.from({ length: own }, (__, row) => points[row * width + at])));
  const away = (row: number) => centre.map((middle, at) => points[row * width + at] - middle);
  const covariance = centre.map((_, a) =>
    centre.map((__, b) => Array.from({ length: own }, (___, row) => away(row)[a] * away(row)[b]).reduce((x, y) => x + y, 0) / (own - 1)),
  );
  const inverse = inverseOf(covariance);
  const squares = Array.from({ length: near + far }, (_, at) => {
    const apart = away(own + at);
    return apart.reduce((sum, value, a) => sum + value * apart.reduce((inner, other, b) => inner + inverse[a][b] * other, 0), 0);
  }).sort((a, b) => a - b);
  expect(measured?.isolationDistance).toBeCloseTo(squares[own - 1], 6);
  const beyond = squares.map((square) => 1 - chiSquareCdf(width)(square));
  expect(measured?.lRatio).toBeCloseTo(beyond.reduce((sum, share) => sum + share, 0) / own, 9);
});

it('gives one cloud alone the best neighbours there are and nothing to compare with', async () => {
  const alone: Clusters = { points, width, labels: new Int32Array(240).fill(1), own: 1 };
  expect(await nearestNeighbourRates(alone, 10_000, 5, {})).toEqual({ hitRate: 1, missRate: 0 });
  expect(await dPrime(alone, {})).toBeNaN();
  expect(simplifiedSilhouette(alone)).toBeNaN();
  expect(await mahalanobisIsolation(alone, {})).toEqual({ isolationDistance: Number.NaN, lRatio: Number.NaN });
});

it('finds no hits for a unit without spikes among several others, whose neighbours it never is', async () => {
  const without = { ...clusters, own: 7 };
  expect(await nearestNeighbourRates(without, 10_000, 5, {})).toEqual({ hitRate: Number.NaN, missRate: 0 });
  expect(await nearestNeighbourRates({ ...clusters, labels: clusters.labels.map(() => 2) }, 10_000, 5, {})).toEqual({
    hitRate: 1,
    missRate: 0,
  });
});

it('stops looking for neighbours when it is cancelled', async () => {
  await expect(nearestNeighbourRates(clusters, 10_000, 5, { signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'cancelled' });
});

it.each([
  [0.5, 1, 0.5204998778130466],
  [3, 4, 0.4421745996289252],
  [40, 5, 0.99999985066321],
  [120, 42, 0.9999999980488822],
  [1e-3, 7, 2.4020490518976986e-13],
])('knows the share of a chi-square distribution below %d with %d degrees of freedom', (x, degrees, share) => {
  expect(Math.abs(chiSquareCdf(degrees)(x) / share - 1)).toBeLessThan(1e-12);
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** By Gauss and Jordan, which nothing under test uses. */
function inverseOf(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const rows = matrix.map((row, at) => [...row, ...row.map((_, other) => (other === at ? 1 : 0))]);
  for (let column = 0; column < size; column += 1) {
    const best = rows
      .slice(column)
      .reduce((most, row, at) => (Math.abs(row[column]) > Math.abs(rows[most][column]) ? column + at : most), column);
    [rows[column], rows[best]] = [rows[best], rows[column]];
    const pivot = rows[column][column];
    rows[column] = rows[column].map((value) => value / pivot);
    for (let row = 0; row < size; row += 1) {
      const factor = rows[row][column];
      if (row !== column) rows[row] = rows[row].map((value, at) => value - factor * rows[column][at]);
    }
  }
  return rows.map((row) => row.slice(size));
}
