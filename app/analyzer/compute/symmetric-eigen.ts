/** The largest eigenvalues, falling, and their unit eigenvectors as rows. */
export interface Eigen {
  readonly values: Float64Array;
  /** (k, n): row k belongs to value k. */
  readonly vectors: Float64Array;
}

/**
 * The `count` largest eigenvalues and their eigenvectors of a symmetric matrix (n, n), which is overwritten: Householder
 * reduction to tridiagonal form, its values by implicit QL, the vectors by inverse iteration (Golub and Van Loan, Matrix
 * Computations, chapter 8). Where that leaves a vector inexact, all are found by QL. Accurate to rounding of the largest value.
 */
export function leadingEigen(matrix: Float64Array, size: number, count: number): Eigen {
  const { diagonal, beside, reflectors } = tridiagonalise(matrix, size);
  const all = diagonal.slice();
  implicitQl(undefined, size, all, beside.slice());
  const values = all.sort().reverse().subarray(0, count);
  const vectors = inverseIteration(diagonal, beside, size, values) ?? leadingByQl(diagonal, beside, size, count);
  turnBack(vectors, count, size, reflectors);
  return { values, vectors };
}

/** The same with the vectors found by QL alone: for what inverse iteration can't tell apart. */
function leadingByQl(diagonal: Float64Array, beside: Float64Array, size: number, count: number): Float64Array {
  const turned = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) turned[row * size + row] = 1;
  const values = diagonal.slice();
  implicitQl(turned, size, values, beside.slice());
  const order = Array.from(values.keys()).sort((a, b) => values[b] - values[a]);
  const vectors = new Float64Array(count * size);
  for (let to = 0; to < count; to += 1) vectors.set(turned.subarray(order[to] * size, (order[to] + 1) * size), to * size);
  return vectors;
}

/** 1 − factor · v vᵀ, where v is 0 before `from`. */
interface Reflector {
  readonly from: number;
  readonly vector: Float64Array;
  readonly factor: number;
}

/** Only the upper triangle of `matrix` is read; what is left of it has no meaning. */
function tridiagonalise(
  matrix: Float64Array,
  size: number,
): { readonly diagonal: Float64Array; readonly beside: Float64Array; readonly reflectors: readonly Reflector[] } {
  const diagonal = new Float64Array(size);
  const beside = new Float64Array(size);
  const reflectors: Reflector[] = [];
  const product = new Float64Array(size);
  for (let step = 0; step < size - 2; step += 1) {
    const from = step + 1;
    const vector = new Float64Array(size);
    let norm = 0;
    for (let column = from; column < size; column += 1) {
      vector[column] = matrix[step * size + column];
      norm += vector[column] * vector[column];
    }
    norm = Math.sqrt(norm);
    diagonal[step] = matrix[step * size + step];
    const head = vector[from];
    if (norm === 0) continue;
    const alpha = head > 0 ? -norm : norm;
    beside[step] = alpha;
    vector[from] -= alpha;
    const factor = 1 / (norm * (norm + Math.abs(head)));
    reflect(matrix, size, from, vector, factor, product);
    reflectors.push({ from, vector, factor });
  }
  if (size > 1) {
    diagonal[size - 2] = matrix[(size - 2) * size + size - 2];
    beside[size - 2] = matrix[(size - 2) * size + size - 1];
  }
  if (size > 0) diagonal[size - 1] = matrix[size * size - 1];
  return { diagonal, beside, reflectors };
}

/** A ← (1 − f v vᵀ) A (1 − f v vᵀ) on the upper triangle from row `from` on. */
function reflect(matrix: Float64Array, size: number, from: number, vector: Float64Array, factor: number, product: Float64Array): void {
  product.fill(0, from);
  for (let row = from; row < size; row += 1) {
    const base = row * size;
    const v = vector[row];
    let sum = matrix[base + row] * v;
    for (let column = row + 1; column < size; column += 1) {
      const cell = matrix[base + column];
      sum += cell * vector[column];
      product[column] += cell * v;
    }
    product[row] += sum;
  }
  let overlap = 0;
  for (let row = from; row < size; row += 1) {
    product[row] *= factor;
    overlap += product[row] * vector[row];
  }
  const half = 0.5 * factor * overlap;
  for (let row = from; row < size; row += 1) product[row] -= half * vector[row];
  for (let row = from; row < size; row += 1) {
    const base = row * size;
    const v = vector[row];
    const p = product[row];
    for (let column = row; column < size; column += 1) matrix[base + column] -= v * product[column] + p * vector[column];
  }
}

/** Vectors (count, n) of the tridiagonal matrix become those of the matrix it came from. */
function turnBack(vectors: Float64Array, count: number, size: number, reflectors: readonly Reflector[]): void {
  for (let at = reflectors.length - 1; at >= 0; at -= 1) {
    const { from, vector, factor } = reflectors[at];
    for (let row = 0; row < count; row += 1) {
      const base = row * size;
      let sum = 0;
      for (let column = from; column < size; column += 1) sum += vectors[base + column] * vector[column];
      sum *= factor;
      for (let column = from; column < size; column += 1) vectors[base + column] -= sum * vector[column];
    }
  }
}

const inverseRounds = 3;
/** Residual that is still rounding, in parts of the matrix's norm. */
const roundingOff = 2 ** -44;

/** Eigenvectors (k, n) of a tridiagonal matrix to its values, falling; `undefined` where one of them is not exact. */
function inverseIteration(diagonal: Float64Array, beside: Float64Array, size: number, values: Float64Array): Float64Array | undefined {
  let norm = 0;
  for (let row = 0; row < size; row += 1) {
    norm = Math.max(norm, Math.abs(diagonal[row]) + Math.abs(beside[row]) + (row > 0 ? Math.abs(beside[row - 1]) : 0));
  }
  const least = Math.max(norm * 2 ** -53, Number.MIN_VALUE);
  const vectors = new Float64Array(values.length * size);
  for (let k = 0; k < values.length; k += 1) {
    const vector = vectors.subarray(k * size, (k + 1) * size);
    // Any start will do that is not at right angles to what is sought, and another one for each.
    for (let row = 0; row < size; row += 1) vector[row] = 1 + (((row + 1) * (k + 2) * 40_503) % 65_536) / 65_536;
    for (let round = 0; round < inverseRounds; round += 1) {
      solveShifted(diagonal, beside, size, values[k], least, vector);
      for (let before = 0; before < k; before += 1) takeAway(vector, vectors.subarray(before * size, (before + 1) * size));
      if (!normalise(vector)) return undefined;
    }
    // Taking away twice keeps them at right angles where values lie close together.
    for (let before = 0; before < k; before += 1) takeAway(vector, vectors.subarray(before * size, (before + 1) * size));
    if (!normalise(vector) || !(residual(diagonal, beside, size, values[k], vector) <= roundingOff * norm)) return undefined;
  }
  return vectors;
}

/** x ← (T − value)⁻¹ x by elimination with row exchanges; a pivot of nothing counts as `least`. */
function solveShifted(diagonal: Float64Array, beside: Float64Array, size: number, value: number, least: number, x: Float64Array): void {
  const pivots = new Float64Array(size);
  const first = new Float64Array(size);
  const second = new Float64Array(size);
  let pivot = diagonal[0] - value;
  let right = size > 1 ? beside[0] : 0;
  for (let row = 0; row < size - 1; row += 1) {
    const below = beside[row];
    const nextDiagonal = diagonal[row + 1] - value;
    const nextRight = row < size - 2 ? beside[row + 1] : 0;
    if (Math.abs(pivot) >= Math.abs(below)) {
      const safe = pivot === 0 ? least : pivot;
      const factor = below / safe;
      pivots[row] = safe;
      first[row] = right;
      x[row + 1] -= factor * x[row];
      pivot = nextDiagonal - factor * right;
      right = nextRight;
    } else {
      const factor = pivot / below;
      pivots[row] = below;
      first[row] = nextDiagonal;
      second[row] = nextRight;
      const held = x[row];
      x[row] = x[row + 1];
      x[row + 1] = held - factor * x[row];
      pivot = right - factor * nextDiagonal;
      right = -factor * nextRight;
    }
  }
  pivots[size - 1] = Math.abs(pivot) < least ? least : pivot;
  for (let row = size - 1; row >= 0; row -= 1) {
    let sum = x[row];
    if (row < size - 1) sum -= first[row] * x[row + 1];
    if (row < size - 2) sum -= second[row] * x[row + 2];
    x[row] = sum / pivots[row];
  }
}

function takeAway(vector: Float64Array, unit: Float64Array): void {
  let overlap = 0;
  for (let row = 0; row < vector.length; row += 1) overlap += vector[row] * unit[row];
  for (let row = 0; row < vector.length; row += 1) vector[row] -= overlap * unit[row];
}

/** False where there is no length to speak of. */
function normalise(vector: Float64Array): boolean {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  if (!(largest > 0 && largest < Number.POSITIVE_INFINITY)) return false;
  let squares = 0;
  for (let row = 0; row < vector.length; row += 1) {
    vector[row] /= largest;
    squares += vector[row] * vector[row];
  }
  const length = Math.sqrt(squares);
  for (let row = 0; row < vector.length; row += 1) vector[row] /= length;
  return true;
}

function residual(diagonal: Float64Array, beside: Float64Array, size: number, value: number, vector: Float64Array): number {
  let most = 0;
  for (let row = 0; row < size; row += 1) {
    let sum = (diagonal[row] - value) * vector[row];
    if (row > 0) sum += beside[row - 1] * vector[row - 1];
    if (row < size - 1) sum += beside[row] * vector[row + 1];
    most = Math.max(most, Math.abs(sum));
  }
  return most;
}

const mostRounds = 60;

/** Diagonalises, turning the rows of `vectors` along where there are any. */
function implicitQl(vectors: Float64Array | undefined, size: number, diagonal: Float64Array, beside: Float64Array): void {
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
      const length = Math.sqrt(gap * gap + 1);
      let shifted = diagonal[end] - diagonal[low] + beside[low] / (gap + (gap >= 0 ? length : -length));
      let sine = 1;
      let cosine = 1;
      let carried = 0;
      let at = end - 1;
      for (; at >= low; at -= 1) {
        const bulge = sine * beside[at];
        const next = cosine * beside[at];
        const radius = Math.sqrt(bulge * bulge + shifted * shifted);
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
        if (vectors === undefined) continue;
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
