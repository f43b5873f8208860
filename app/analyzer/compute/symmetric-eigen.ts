/** Eigenvalues, falling, and their unit eigenvectors as rows. */
export interface Eigen {
  readonly values: Float64Array;
  /** (n, n): row k belongs to value k. */
  readonly vectors: Float64Array;
}

/**
 * All eigenvalues and eigenvectors of a symmetric matrix (n, n), which is overwritten: Householder reduction to tridiagonal
 * form, then implicit QL (Golub and Van Loan, Matrix Computations, chapter 8). Accurate to rounding of the largest value.
 */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  const diagonal = new Float64Array(size);
  const beside = new Float64Array(size);
  tridiagonalise(matrix, size, diagonal, beside);
  implicitQl(matrix, size, diagonal, beside);
  const order = Array.from(diagonal.keys()).sort((a, b) => diagonal[b] - diagonal[a]);
  const vectors = new Float64Array(size * size);
  for (const [to, from] of order.entries()) {
    for (let row = 0; row < size; row += 1) vectors[to * size + row] = matrix[from * size + row];
  }
  return { values: Float64Array.from(order, (from) => diagonal[from]), vectors };
}

/** Leaves the transposed orthogonal transformation in `matrix`: row k is the k-th column of Q. */
function tridiagonalise(matrix: Float64Array, size: number, diagonal: Float64Array, beside: Float64Array): void {
  const reflectors: { from: number; vector: Float64Array; factor: number }[] = [];
  const product = new Float64Array(size);
  for (let step = 0; step < size - 2; step += 1) {
    let norm = 0;
    for (let row = step + 1; row < size; row += 1) norm += matrix[row * size + step] ** 2;
    norm = Math.sqrt(norm);
    diagonal[step] = matrix[step * size + step];
    const head = matrix[(step + 1) * size + step];
    if (norm === 0) {
      beside[step] = 0;
      continue;
    }
    const alpha = head > 0 ? -norm : norm;
    beside[step] = alpha;
    const from = step + 1;
    const vector = new Float64Array(size);
    for (let row = from; row < size; row += 1) vector[row] = matrix[row * size + step];
    vector[from] -= alpha;
    const factor = 1 / (norm * (norm + Math.abs(head)));
    // A ← (1 − f v vᵀ) A (1 − f v vᵀ), on what is left of it.
    let overlap = 0;
    for (let row = from; row < size; row += 1) {
      let sum = 0;
      const base = row * size;
      for (let column = from; column < size; column += 1) sum += matrix[base + column] * vector[column];
      product[row] = sum * factor;
      overlap += product[row] * vector[row];
    }
    const half = 0.5 * factor * overlap;
    for (let row = from; row < size; row += 1) product[row] -= half * vector[row];
    for (let row = from; row < size; row += 1) {
      const base = row * size;
      const [v, p] = [vector[row], product[row]];
      for (let column = from; column < size; column += 1) matrix[base + column] -= v * product[column] + p * vector[column];
    }
    reflectors.push({ from, vector, factor });
  }
  if (size > 1) {
    diagonal[size - 2] = matrix[(size - 2) * size + size - 2];
    beside[size - 2] = matrix[(size - 1) * size + size - 2];
  }
  if (size > 0) diagonal[size - 1] = matrix[size * size - 1];
  matrix.fill(0);
  for (let row = 0; row < size; row += 1) matrix[row * size + row] = 1;
  // Q = H₁ H₂ …, applied to the identity from the last on; its transpose is kept.
  for (const { from, vector, factor } of reflectors.reverse()) {
    for (let row = from; row < size; row += 1) {
      const base = row * size;
      let sum = 0;
      for (let column = from; column < size; column += 1) sum += matrix[base + column] * vector[column];
      sum *= factor;
      for (let column = from; column < size; column += 1) matrix[base + column] -= sum * vector[column];
    }
  }
}

const mostRounds = 60;

/** Diagonalises, turning the rows of `vectors` along. */
function implicitQl(vectors: Float64Array, size: number, diagonal: Float64Array, beside: Float64Array): void {
  for (let low = 0; low < size; low += 1) {
    for (let round = 0; round < mostRounds; round += 1) {
      let end = low;
      while (end < size - 1) {
        const scale = Math.abs(diagonal[end]) + Math.abs(diagonal[end + 1]);
        if (Math.abs(beside[end]) <= 2 ** -53 * scale) break;
        end += 1;
      }
      if (end === low) break;
      const gap = (diagonal[low + 1] - diagonal[low]) / (2 * beside[low]);
      const length = Math.hypot(gap, 1);
      let shifted = diagonal[end] - diagonal[low] + beside[low] / (gap + (gap >= 0 ? length : -length));
      let sine = 1;
      let cosine = 1;
      let carried = 0;
      let at = end - 1;
      for (; at >= low; at -= 1) {
        const bulge = sine * beside[at];
        const next = cosine * beside[at];
        const radius = Math.hypot(bulge, shifted);
        beside[at + 1] = radius;
        if (radius === 0) {
          diagonal[at + 1] -= carried;
          beside[end] = 0;
          break;
        }
        sine = bulge / radius;
        cosine = shifted / radius;
        const left = diagonal[at + 1] - carried;
        const turned = (diagonal[at] - left) * sine + 2 * cosine * next;
        carried = sine * turned;
        diagonal[at + 1] = left + carried;
        shifted = cosine * turned - next;
        const first = at * size;
        const second = first + size;
        for (let cell = 0; cell < size; cell += 1) {
          const value = vectors[second + cell];
          vectors[second + cell] = sine * vectors[first + cell] + cosine * value;
          vectors[first + cell] = cosine * vectors[first + cell] - sine * value;
        }
      }
      if (at >= low) continue;
      diagonal[low] -= carried;
      beside[low] = shifted;
      beside[end] = 0;
    }
  }
}
