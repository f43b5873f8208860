import { expect, it } from 'vitest';
import { symmetricEigen } from '../../../../app/analyzer/compute/symmetric-eigen.ts';

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
  const { values, vectors } = symmetricEigen(matrix.slice(), size);
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
  const { values } = symmetricEigen(Float64Array.from([1, 1, 1, 1, 1, 1, 1, 1, 1]), 3);
  expect(values[0]).toBeCloseTo(3, 12);
  expect(Math.abs(values[1]) + Math.abs(values[2])).toBeLessThan(1e-12);
  expect([...symmetricEigen(new Float64Array(16), 4).values]).toEqual([0, 0, 0, 0]);
});
