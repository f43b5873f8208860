import { expect, it } from 'vitest';
import { IncrementalPca } from '../../../../app/analyzer/compute/incremental-pca.ts';

/** Rows of correlated noise about a mean far from 0, (size, count). */
function columns(size: number, count: number, seed: number): Float64Array {
  let state = seed;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  };
  const out = new Float64Array(size * count);
  for (let row = 0; row < count; row += 1) {
    const shared = 40 * next();
    const slope = 15 * next();
    for (let cell = 0; cell < size; cell += 1) out[cell * count + row] = 1000 + cell + shared + slope * cell + 5 * next();
  }
  return out;
}

function piece(all: Float64Array, size: number, from: number, to: number): Float64Array {
  const count = all.length / size;
  const out = new Float64Array(size * (to - from));
  for (let cell = 0; cell < size; cell += 1) out.set(all.subarray(cell * count + from, cell * count + to), cell * (to - from));
  return out;
}

function projected(model: IncrementalPca, all: Float64Array, size: number): number[][] {
  const { weights, offsets } = model.projection();
  const count = all.length / size;
  return Array.from(offsets, (offset, component) =>
    Array.from({ length: count }, (_, row) => {
      let sum = -offset;
      for (let cell = 0; cell < size; cell += 1) sum += all[cell * count + row] * weights[component * size + cell];
      return sum;
    }),
  );
}

it.each([5, 6, 7, 20])('whitens %i samples: unit variance about 0, without correlation', (size) => {
  const count = 200;
  const all = columns(size, count, size);
  const model = new IncrementalPca(3, size, true);
  model.add(all.slice(), count);
  model.fit();
  const rows = projected(model, all, size);
  for (const [a, left] of rows.entries()) {
    expect(Math.abs(left.reduce((sum, value) => sum + value, 0) / count)).toBeLessThan(1e-9);
    for (const [b, right] of rows.entries()) {
      const covariance = left.reduce((sum, value, row) => sum + value * right[row], 0) / (count - 1);
      expect(Math.abs(covariance - (a === b ? 1 : 0))).toBeLessThan(1e-9);
    }
  }
});

it('is the same whether a batch comes at once or in pieces', () => {
  const size = 10;
  const batches = [columns(size, 90, 1), columns(size, 70, 2)];
  const whole = new IncrementalPca(4, size, false);
  const pieced = new IncrementalPca(4, size, false);
  for (const batch of batches) {
    const count = batch.length / size;
    whole.add(batch.slice(), count);
    whole.fit();
    for (const [from, to] of [
      [0, 1],
      [1, 33],
      [33, count],
    ]) {
      pieced.add(piece(batch, size, from, to), to - from);
    }
    pieced.fit();
  }
  const [a, b] = [whole.projection(), pieced.projection()];
  for (const [at, value] of a.weights.entries()) expect(Math.abs(value - b.weights[at])).toBeLessThan(1e-9);
  for (const [at, value] of a.offsets.entries()) expect(Math.abs(value - b.offsets[at])).toBeLessThan(1e-6);
});

it('is not fitted before a batch was', () => {
  const model = new IncrementalPca(2, 4, true);
  model.fit();
  expect(model.fitted).toBe(false);
});
