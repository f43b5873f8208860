import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cholesky, solveRoot, solveSquare } from '../../../../app/analyzer/compute/cholesky.ts';

const size = 4;

/** Products of `rows` points with each other (4, 4), and something on the diagonal. */
function scatterOf(points: readonly number[], rows: number, onDiagonal: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      for (let at = 0; at < rows; at += 1) matrix[row * size + column] += points[at * size + row] * points[at * size + column];
    }
    matrix[row * size + row] += onDiagonal;
  }
  return matrix;
}

const numbers = (count: number) => fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: count, maxLength: count });

it('solves what the matrix makes of values, from its lower triangle alone', () => {
  fc.assert(
    fc.property(numbers(size * 8), numbers(size), (points, wanted) => {
      const matrix = scatterOf(points, 8, 1);
      const values = Float64Array.from({ length: size }, (_, row) =>
        wanted.reduce((sum, value, column) => sum + matrix[row * size + column] * value, 0),
      );
      const root = matrix.map((value, cell) => (cell % size > Math.floor(cell / size) ? Number.NaN : value));
      expect(cholesky(root, size)).toBe(true);
      const rooted = values.slice();
      solveRoot(root, rooted, size);
      const square = wanted.reduce((sum, value, row) => sum + value * values[row], 0);
      expect(rooted.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(square, 4);
      solveSquare(root, values, size);
      for (const [row, value] of wanted.entries()) expect(values[row]).toBeCloseTo(value, 6);
    }),
  );
});

it('says so where a column hangs on those before it, or is not a number', () => {
  expect(cholesky(scatterOf([1, 2, 3, 4, 2, 1, 0, 5], 2, 0), size, 1e-10)).toBe(false);
  expect(cholesky(new Float64Array(size * size), size)).toBe(false);
  expect(cholesky(new Float64Array(size * size).fill(Number.NaN), size)).toBe(false);
});
