import { leadingEigen } from './symmetric-eigen.ts';

/**
 * Principal components fitted batch by batch (Ross et al. 2008), as scikit-learn's `IncrementalPCA`: of each batch only the
 * mean and the leading components are kept, so the order of the batches matters a little.
 */
export class IncrementalPca {
  private readonly componentCount: number;
  private readonly size: number;
  private readonly whiten: boolean;
  private seen = 0;
  private readonly mean: Float64Array;
  /** (components, size), each row times its singular value. */
  private readonly scaled: Float64Array;
  private readonly components: Float64Array;
  private readonly divisors: Float64Array;
  private batch: Batch | undefined;

  constructor(componentCount: number, size: number, whiten: boolean) {
    this.componentCount = componentCount;
    this.size = size;
    this.whiten = whiten;
    this.mean = new Float64Array(size);
    this.scaled = new Float64Array(componentCount * size);
    this.components = new Float64Array(componentCount * size);
    this.divisors = new Float64Array(componentCount).fill(1);
  }

  get fitted(): boolean {
    return this.seen > 0;
  }

  /** Adds rows to the batch under way: `columns` (size, count), which are overwritten. A batch may come in pieces. */
  add(columns: Float64Array, count: number): void {
    if (count === 0) return;
    this.batch ??= new Batch(columns, count, this.size);
    this.batch.add(columns, count);
  }

  /** Ends the batch, which must have at least as many rows as there are components, and fits it. */
  fit(): void {
    const { size, mean, batch } = this;
    if (batch === undefined) return;
    this.batch = undefined;
    const { count } = batch;
    const batchMean = batch.mean();
    const gram = batch.centred();
    const total = this.seen + count;
    if (this.seen > 0) {
      for (let component = 0; component < this.componentCount; component += 1) {
        addOuter(gram, this.scaled.subarray(component * size, (component + 1) * size), size, 1);
      }
      const shift = mean.map((value, cell) => value - batchMean[cell]);
      addOuter(gram, shift, size, (this.seen / total) * count);
    }
    const { values, vectors } = leadingEigen(gram, size, this.componentCount);
    for (let component = 0; component < this.componentCount; component += 1) {
      const variance = Math.max(0, values[component]);
      const singular = Math.sqrt(variance);
      const sign = signOf(vectors.subarray(component * size, (component + 1) * size));
      for (let cell = 0; cell < size; cell += 1) {
        const value = sign * vectors[component * size + cell];
        this.components[component * size + cell] = value;
        this.scaled[component * size + cell] = singular * value;
      }
      // 2^-23: what scikit-learn takes for silence in single precision.
      this.divisors[component] = this.whiten ? Math.max(2 ** -23, Math.sqrt(variance / (total - 1))) : 1;
    }
    for (let cell = 0; cell < size; cell += 1) mean[cell] += ((batchMean[cell] - mean[cell]) * count) / total;
    this.seen = total;
  }

  /** What a row is multiplied with and what is taken away to get its places along the components. */
  projection(): Projection {
    const { size, componentCount, mean, components, divisors } = this;
    const weights = components.map((value, cell) => value / divisors[Math.floor(cell / size)]);
    const offsets = new Float64Array(componentCount);
    for (let component = 0; component < componentCount; component += 1) {
      for (let cell = 0; cell < size; cell += 1) offsets[component] += mean[cell] * weights[component * size + cell];
    }
    return { weights, offsets };
  }
}

export interface Projection {
  /** (components, size). */
  readonly weights: Float64Array;
  readonly offsets: Float64Array;
}

/** Rows of one batch, summed up as they come. */
class Batch {
  count = 0;
  private readonly size: number;
  /** What is taken away from every row before it is squared, so that nothing is lost to a large mean. */
  private readonly origin: Float64Array;
  private readonly sums: Float64Array;
  /** Upper triangle (size, size). */
  private readonly squares: Float64Array;

  constructor(columns: Float64Array, count: number, size: number) {
    this.size = size;
    this.origin = new Float64Array(size);
    for (let cell = 0; cell < size; cell += 1) {
      let sum = 0;
      for (let at = cell * count; at < (cell + 1) * count; at += 1) sum += columns[at];
      this.origin[cell] = sum / count;
    }
    this.sums = new Float64Array(size);
    this.squares = new Float64Array(size * size);
  }

  add(columns: Float64Array, count: number): void {
    const { size, origin, sums, squares } = this;
    for (let cell = 0; cell < size; cell += 1) {
      let sum = 0;
      for (let at = cell * count; at < (cell + 1) * count; at += 1) {
        columns[at] -= origin[cell];
        sum += columns[at];
      }
      sums[cell] += sum;
    }
    addProducts(squares, columns, count, size);
    this.count += count;
  }

  mean(): Float64Array {
    return this.origin.map((value, cell) => value + this.sums[cell] / this.count);
  }

  /** Sums of products about the mean, upper triangle. Ends the batch. */
  centred(): Float64Array {
    addOuter(this.squares, this.sums, this.size, -1 / this.count);
    return this.squares;
  }
}

/** Adds Σ x xᵀ over rows of columns (size, count) to the upper triangle. */
function addProducts(matrix: Float64Array, columns: Float64Array, count: number, size: number): void {
  const whole = size - (size % 3);
  for (let row = 0; row < whole; row += 3) {
    for (let column = row; column < whole; column += 3) addNine(matrix, columns, count, size, row, column);
  }
  for (let column = whole; column < size; column += 1) {
    for (let row = 0; row <= column; row += 1) {
      let sum = 0;
      for (let a = row * count, b = column * count; a < (row + 1) * count; a += 1, b += 1) sum += columns[a] * columns[b];
      matrix[row * size + column] += sum;
    }
  }
}

/** Three rows by three columns at once: six values read for nine products. On the diagonal some land below it, unread. */
function addNine(matrix: Float64Array, columns: Float64Array, count: number, size: number, row: number, column: number): void {
  let aa = 0;
  let ab = 0;
  let ac = 0;
  let ba = 0;
  let bb = 0;
  let bc = 0;
  let ca = 0;
  let cb = 0;
  let cc = 0;
  const end = (row + 1) * count;
  for (let left = row * count, right = column * count; left < end; left += 1, right += 1) {
    const x = columns[left];
    const y = columns[left + count];
    const z = columns[left + 2 * count];
    const a = columns[right];
    const b = columns[right + count];
    const c = columns[right + 2 * count];
    aa += x * a;
    ab += x * b;
    ac += x * c;
    ba += y * a;
    bb += y * b;
    bc += y * c;
    ca += z * a;
    cb += z * b;
    cc += z * c;
  }
  const at = row * size + column;
  matrix[at] += aa;
  matrix[at + 1] += ab;
  matrix[at + 2] += ac;
  matrix[at + size] += ba;
  matrix[at + size + 1] += bb;
  matrix[at + size + 2] += bc;
  matrix[at + 2 * size] += ca;
  matrix[at + 2 * size + 1] += cb;
  matrix[at + 2 * size + 2] += cc;
}

/** Adds weight · v vᵀ to the upper triangle. */
function addOuter(matrix: Float64Array, vector: Float64Array, size: number, weight: number): void {
  for (let row = 0; row < size; row += 1) {
    const factor = weight * vector[row];
    const base = row * size;
    for (let column = row; column < size; column += 1) matrix[base + column] += factor * vector[column];
  }
}

/** Makes the largest element positive. */
function signOf(vector: Float64Array): number {
  let largest = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? -1 : 1;
}
