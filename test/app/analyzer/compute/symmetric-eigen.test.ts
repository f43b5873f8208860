import { expect, it } from 'vitest';
import { leadingEigen } from '../../../../app/analyzer/compute/symmetric-eigen.ts';

function symmetric(size: number, seed: number): Float64Array {
  let state = seed;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  };
  const matrix = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      matrix[row * size + column] = next();
      matrix[column * size + row] = matrix[row * size + column];
    }
  }
  return matrix;
}

it.each([1, 2, 3, 5, 20, 64])('finds values and vectors of a symmetric matrix of size %i', (size) => {
  const matrix = symmetric(size, size + 1);
  const { values, vectors } = leadingEigen(matrix.slice(), size, size);
  for (let k = 0; k < size; k += 1) {
    if (k > 0) expect(values[k]).toBeLessThanOrEqual(values[k - 1]);
    for (let row = 0; row < size; row += 1) {
      let image = 0;
      for (let column = 0; column < size; column += 1) image += matrix[row * size + column] * vectors[k * size + column];
      expect(Math.abs(image - values[k] * vectors[k * size + row])).toBeLessThan(1e-12 * size);
    }
    for (let other = 0; other <= k; other += 1) {
      let product = 0;
      for (let cell = 0; cell < size; cell += 1) product += vectors[k * size + cell] * vectors[other * size + cell];
      expect(Math.abs(product - (other === k ? 1 : 0))).toBeLessThan(1e-12 * size);
    }
  }
});

it('bears matrices without full rank, and of zeros', () => {
  const { values } = leadingEigen(Float64Array.from([1, 1, 1, 1, 1, 1, 1, 1, 1]), 3, 3);
  expect(values[0]).toBeCloseTo(3, 12);
  expect(Math.abs(values[1]) + Math.abs(values[2])).toBeLessThan(1e-12);
  expect([...leadingEigen(new Float64Array(16), 4, 4).values]).toEqual([0, 0, 0, 0]);
});

/** Every vector belongs to its value, and all are at right angles. */
function expectEigen(matrix: Float64Array, size: number, count: number): Float64Array {
  const { values, vectors } = leadingEigen(matrix.slice(), size, count);
  const scale = matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(values.length).toBe(count);
  expect(vectors.length).toBe(count * size);
  for (let k = 0; k < count; k += 1) {
    for (let row = 0; row < size; row += 1) {
      let image = 0;
      for (let column = 0; column < size; column += 1) image += matrix[row * size + column] * vectors[k * size + column];
      expect(Math.abs(image - values[k] * vectors[k * size + row])).toBeLessThanOrEqual(1e-12 * size * scale);
    }
    for (let other = 0; other <= k; other += 1) {
      let product = 0;
      for (let cell = 0; cell < size; cell += 1) product += vectors[k * size + cell] * vectors[other * size + cell];
      expect(Math.abs(product - (other === k ? 1 : 0))).toBeLessThan(1e-12 * size);
    }
  }
  return values;
}

function tridiagonal(diagonal: readonly number[], beside: number): Float64Array {
  const size = diagonal.length;
  const matrix = new Float64Array(size * size);
  for (const [row, value] of diagonal.entries()) {
    matrix[row * size + row] = value;
    if (row + 1 < size) {
      matrix[row * size + row + 1] = beside;
      matrix[(row + 1) * size + row] = beside;
    }
  }
  return matrix;
}

it('gives the largest few of many', () => {
  const matrix = symmetric(90, 7);
  const all = expectEigen(matrix, 90, 90);
  const few = expectEigen(matrix, 90, 5);
  for (const [k, value] of few.entries()) expect(Math.abs(value - all[k])).toBeLessThan(1e-12);
});

it('tells equal and nearly equal values apart by vectors at right angles', () => {
  const size = 21;
  expectEigen(tridiagonal(new Array(size).fill(3), 0), size, 6);
  // Wilkinson's: its largest two differ by 7e-14, the next two by 1e-11.
  expectEigen(
    tridiagonal(
      Array.from({ length: size }, (_, row) => Math.abs(row - 10)),
      1,
    ),
    size,
    6,
  );
  // The same block twice: every value twice.
  const block = symmetric(10, 3);
  const twice = new Float64Array(400);
  for (let row = 0; row < 10; row += 1) {
    for (let column = 0; column < 10; column += 1) {
      twice[row * 20 + column] = block[row * 10 + column];
      twice[(row + 10) * 20 + column + 10] = block[row * 10 + column];
    }
  }
  expectEigen(twice, 20, 7);
});

it('is exact for products of few rows, large and small', () => {
  for (const scale of [1e-12, 1, 1e12]) {
    const size = 40;
    const rows = [symmetric(size, 5).subarray(0, size), symmetric(size, 9).subarray(0, size), symmetric(size, 11).subarray(0, size)];
    const matrix = new Float64Array(size * size);
    for (const row of rows) {
      for (let a = 0; a < size; a += 1) for (let b = 0; b < size; b += 1) matrix[a * size + b] += scale * row[a] * row[b];
    }
    const values = expectEigen(matrix, size, 5);
    expect(values[2]).toBeGreaterThan(1e-3 * values[0]);
    expect(Math.abs(values[3])).toBeLessThan(1e-13 * values[0]);
  }
});
