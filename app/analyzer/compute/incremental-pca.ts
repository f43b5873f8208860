import { symmetricEigen } from './symmetric-eigen.ts';

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

  /** Adds `count` rows of `size` values; `count` must be at least the number of components. */
  fit(rows: Float64Array, count: number): void {
    const { size, mean } = this;
    const batchMean = new Float64Array(size);
    for (let row = 0; row < count; row += 1) for (let cell = 0; cell < size; cell += 1) batchMean[cell] += rows[row * size + cell];
    for (let cell = 0; cell < size; cell += 1) batchMean[cell] /= count;
    const total = this.seen + count;
    const gram = new Float64Array(size * size);
    const centred = new Float64Array(size);
    for (let row = 0; row < count; row += 1) {
      for (let cell = 0; cell < size; cell += 1) centred[cell] = rows[row * size + cell] - batchMean[cell];
      addOuter(gram, centred, size);
    }
    if (this.seen > 0) {
      for (let component = 0; component < this.componentCount; component += 1) {
        addOuter(gram, this.scaled.subarray(component * size, (component + 1) * size), size);
      }
      const weight = Math.sqrt((this.seen / total) * count);
      for (let cell = 0; cell < size; cell += 1) centred[cell] = weight * (mean[cell] - batchMean[cell]);
      addOuter(gram, centred, size);
    }
    for (let row = 0; row < size; row += 1)
      for (let column = 0; column < row; column += 1) gram[row * size + column] = gram[column * size + row];
    const { values, vectors } = symmetricEigen(gram, size);
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

  /** One row's place along one component. */
  project(row: Float64Array, component: number): number {
    const base = component * this.size;
    let sum = 0;
    for (let cell = 0; cell < this.size; cell += 1) sum += (row[cell] - this.mean[cell]) * this.components[base + cell];
    return sum / this.divisors[component];
  }
}

/** Adds v vᵀ to the upper triangle. */
function addOuter(matrix: Float64Array, vector: Float64Array, size: number): void {
  for (let row = 0; row < size; row += 1) {
    const factor = vector[row];
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
