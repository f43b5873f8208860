/** The inverse of a square matrix (n, n) by elimination with row exchange; `undefined` where it has none. */
export function inverseMatrix(matrix: Float64Array, size: number): Float64Array | undefined {
  const left = Float64Array.from(matrix);
  const right = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) right[row * size + row] = 1;
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1) {
      if (Math.abs(left[row * size + column]) > Math.abs(left[pivot * size + column])) pivot = row;
    }
    const value = left[pivot * size + column];
    if (!(Math.abs(value) > 1e-300) || !Number.isFinite(value)) return undefined;
    for (const side of [left, right]) {
      for (let at = 0; at < size; at += 1) {
        const held = side[column * size + at];
        side[column * size + at] = side[pivot * size + at] / value;
        if (pivot !== column) side[pivot * size + at] = held;
      }
    }
    for (let row = 0; row < size; row += 1) {
      const factor = left[row * size + column];
      if (row === column || factor === 0) continue;
      for (let at = 0; at < size; at += 1) {
        left[row * size + at] -= factor * left[column * size + at];
        right[row * size + at] -= factor * right[column * size + at];
      }
    }
  }
  return right;
}
