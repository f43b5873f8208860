/**
 * Replaces the lower triangle of a symmetric positive definite matrix (size, size) by its root L, with L·Lᵀ the matrix; the upper
 * triangle is neither read nor written. False where a column hangs on those before it: no more than `degenerateShare` of its own
 * variance is left, or not-a-number.
 */
export function cholesky(matrix: Float64Array, size: number, degenerateShare = 0): boolean {
  for (let row = 0; row < size; row += 1) {
    const line = row * size;
    for (let column = 0; column < row; column += 1) {
      const above = column * size;
      let rest = matrix[line + column];
      for (let at = 0; at < column; at += 1) rest -= matrix[line + at] * matrix[above + at];
      matrix[line + column] = rest / matrix[above + column];
    }
    const own = matrix[line + row];
    let pivot = own;
    for (let at = 0; at < row; at += 1) pivot -= matrix[line + at] * matrix[line + at];
    if (!(pivot > degenerateShare * own)) return false;
    matrix[line + row] = Math.sqrt(pivot);
  }
  return true;
}

/** Replaces values (size) by L⁻¹ · values, L a lower triangular root. */
export function solveRoot(root: Float64Array, values: Float64Array, size: number): void {
  for (let row = 0; row < size; row += 1) {
    let rest = values[row];
    for (let at = 0; at < row; at += 1) rest -= root[row * size + at] * values[at];
    values[row] = rest / root[row * size + row];
  }
}

/** Replaces values (size) by (L·Lᵀ)⁻¹ · values, L a lower triangular root. */
export function solveSquare(root: Float64Array, values: Float64Array, size: number): void {
  solveRoot(root, values, size);
  for (let row = size - 1; row >= 0; row -= 1) {
    let rest = values[row];
    for (let at = row + 1; at < size; at += 1) rest -= root[at * size + row] * values[at];
    values[row] = rest / root[row * size + row];
  }
}
