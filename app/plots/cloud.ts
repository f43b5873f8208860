import { percentile } from './reduce.ts';

/** Points in few dimensions, row-major: (rows, dimensions). */
export interface Cloud {
  readonly values: Float64Array;
  readonly rowCount: number;
  readonly dimensions: number;
}

export interface Spread {
  readonly mean: Float64Array;
  /** (dimensions, dimensions) */
  readonly covariance: Float64Array;
}

/** Mean and covariance (divided by rows − 1); `undefined` below two rows. */
export function spreadOf(cloud: Cloud): Spread | undefined {
  const { values, rowCount, dimensions } = cloud;
  if (rowCount < 2) return undefined;
  const mean = new Float64Array(dimensions);
  for (let row = 0; row < rowCount; row++) for (let d = 0; d < dimensions; d++) mean[d] += values[row * dimensions + d] / rowCount;
  const covariance = new Float64Array(dimensions * dimensions);
  for (let row = 0; row < rowCount; row++) {
    for (let a = 0; a < dimensions; a++) {
      const da = values[row * dimensions + a] - mean[a];
      for (let b = a; b < dimensions; b++)
        covariance[a * dimensions + b] += (da * (values[row * dimensions + b] - mean[b])) / (rowCount - 1);
    }
  }
  for (let a = 0; a < dimensions; a++) for (let b = 0; b < a; b++) covariance[a * dimensions + b] = covariance[b * dimensions + a];
  return { mean, covariance };
}

/** Share of a cloud that decides its centre and extent, so that a few collisions don't. */
const coreShare = 0.9;

/**
 * Mean and covariance in two dimensions of the 90 % of points that lie nearest to the centre, found in a few rounds, and scaled
 * to what all points of a normal cloud would give. `undefined` below five points or without extent.
 */
export function robustSpread(cloud: Cloud): Spread | undefined {
  if (!spreads.has(cloud)) spreads.set(cloud, foundSpread(cloud));
  return spreads.get(cloud);
}

/** Axes, outlines and distances ask about the same clouds. */
const spreads = new WeakMap<Cloud, Spread | undefined>();

function foundSpread(cloud: Cloud): Spread | undefined {
  if (cloud.dimensions !== 2 || cloud.rowCount < 5) return undefined;
  const kept = Math.max(4, Math.ceil(cloud.rowCount * coreShare));
  let spread = spreadOf(coreOf(cloud));
  for (let round = 0; round < 4 && spread; round++) {
    const { mean, covariance } = spread;
    const [xx, xy, , yy] = covariance;
    const determinant = xx * yy - xy * xy;
    if (!(determinant > 0)) return undefined;
    const distance = (row: number) => {
      const dx = cloud.values[row * 2] - mean[0];
      const dy = cloud.values[row * 2 + 1] - mean[1];
      return (dx * dx * yy - 2 * dx * dy * xy + dy * dy * xx) / determinant;
    };
    spread = spreadOf(nearestRows(cloud, distance, kept));
  }
  if (!spread) return undefined;
  // Consistency for a normal cloud: share / P(χ²₄ < q) with q the share's quantile of χ²₂.
  const q = -2 * Math.log(1 - coreShare);
  const scale = kept === cloud.rowCount ? 1 : coreShare / (1 - Math.exp(-q / 2) * (1 + q / 2));
  return { mean: spread.mean, covariance: spread.covariance.map((value) => value * scale) };
}

/** The 90 % of rows nearest to the middle, each dimension measured by its own median and median deviation. */
function coreOf(cloud: Cloud): Cloud {
  const { values, rowCount, dimensions } = cloud;
  const middles: number[] = [];
  const extents: number[] = [];
  for (let d = 0; d < dimensions; d++) {
    const column = Float64Array.from({ length: rowCount }, (_, row) => values[row * dimensions + d]);
    const middle = percentile(column.slice().sort(), 0.5) ?? 0;
    middles.push(middle);
    extents.push(percentile(column.map((value) => Math.abs(value - middle)).sort(), 0.5) || 1);
  }
  const distance = (row: number) => {
    let sum = 0;
    for (let d = 0; d < dimensions; d++) sum += ((values[row * dimensions + d] - middles[d]) / extents[d]) ** 2;
    return sum;
  };
  return nearestRows(cloud, distance, Math.ceil(rowCount * coreShare));
}

function nearestRows(cloud: Cloud, distance: (row: number) => number, count: number): Cloud {
  const { values, rowCount, dimensions } = cloud;
  const distances = Float64Array.from({ length: rowCount }, (_, row) => distance(row));
  const order = Array.from(distances.keys())
    .sort((a, b) => distances[a] - distances[b] || a - b)
    .slice(0, count);
  const kept = new Float64Array(order.length * dimensions);
  order.forEach((row, i) => {
    kept.set(values.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
  });
  return { values: kept, rowCount: order.length, dimensions };
}

/**
 * The two directions of largest variance over all clouds together, every cloud weighing the same whatever its size and without its
 * furthest 10 % of rows; the sign is fixed by the largest entry. Returned as (2, dimensions), with the common mean. `undefined` where no cloud has two rows.
 */
export function principalAxes(clouds: readonly Cloud[]): { readonly axes: Float64Array; readonly mean: Float64Array } | undefined {
  const spreads = clouds.flatMap((cloud) => spreadOf(coreOf(cloud)) ?? []);
  if (spreads.length === 0) return undefined;
  const dimensions = spreads[0].mean.length;
  const mean = new Float64Array(dimensions);
  for (const spread of spreads) for (let d = 0; d < dimensions; d++) mean[d] += spread.mean[d] / spreads.length;
  const total = new Float64Array(dimensions * dimensions);
  for (const spread of spreads) {
    for (let a = 0; a < dimensions; a++) {
      for (let b = 0; b < dimensions; b++) {
        const between = (spread.mean[a] - mean[a]) * (spread.mean[b] - mean[b]);
        total[a * dimensions + b] += (spread.covariance[a * dimensions + b] + between) / spreads.length;
      }
    }
  }
  const { values, vectors } = eigen(total, dimensions);
  const order = Array.from(values.keys()).sort((a, b) => values[b] - values[a] || a - b);
  const axes = new Float64Array(2 * dimensions);
  for (let k = 0; k < Math.min(2, dimensions); k++) {
    let largest = 0;
    for (let d = 1; d < dimensions; d++) {
      if (Math.abs(vectors[d * dimensions + order[k]]) > Math.abs(vectors[largest * dimensions + order[k]]) + 1e-9) largest = d;
    }
    const sign = vectors[largest * dimensions + order[k]] < 0 ? -1 : 1;
    for (let d = 0; d < dimensions; d++) axes[k * dimensions + d] = sign * vectors[d * dimensions + order[k]];
  }
  return { axes, mean };
}

/** Cyclic Jacobi rotations: exact enough for the few dimensions of a picture, and the same on every machine. */
function eigen(symmetric: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const a = symmetric.slice();
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    let scale = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        if (i === j) scale += a[i * n + j] ** 2;
        else off += a[i * n + j] ** 2;
    if (!(off > scale * 1e-22)) break;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        if (a[p * n + q] === 0) continue;
        const theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const kp = a[k * n + p];
          const kq = a[k * n + q];
          a[k * n + p] = c * kp - s * kq;
          a[k * n + q] = s * kp + c * kq;
        }
        for (let k = 0; k < n; k++) {
          const pk = a[p * n + k];
          const qk = a[q * n + k];
          a[p * n + k] = c * pk - s * qk;
          a[q * n + k] = s * pk + c * qk;
        }
        for (let k = 0; k < n; k++) {
          const kp = vectors[k * n + p];
          const kq = vectors[k * n + q];
          vectors[k * n + p] = c * kp - s * kq;
          vectors[k * n + q] = s * kp + c * kq;
        }
      }
    }
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]), vectors };
}

/**
 * Distance of two clouds' centres in units of their common standard deviation (d′, the Mahalanobis distance with the mean of both
 * covariances), in two dimensions, robustly; `undefined` where a cloud has fewer than five points or no extent.
 */
export function separation(first: Cloud, second: Cloud): number | undefined {
  const a = robustSpread(first);
  const b = robustSpread(second);
  if (!a || !b) return undefined;
  const [xx, xy, , yy] = a.covariance.map((value, i) => (value + b.covariance[i]) / 2);
  const determinant = xx * yy - xy * xy;
  if (!(determinant > 0)) return undefined;
  const dx = a.mean[0] - b.mean[0];
  const dy = a.mean[1] - b.mean[1];
  return Math.sqrt((dx * dx * yy - 2 * dx * dy * xy + dy * dy * xx) / determinant);
}

/** Outline of the ellipse `deviations` robust standard deviations around the centre: x and y, closed. */
export function ellipse(cloud: Cloud, deviations: number): { x: Float64Array; y: Float64Array } | undefined {
  const spread = robustSpread(cloud);
  if (!spread) return undefined;
  const [xx, xy, , yy] = spread.covariance;
  const across = Math.sqrt(xx);
  if (!(across > 0)) return undefined;
  const slope = xy / across;
  const along = Math.sqrt(Math.max(0, yy - slope * slope));
  const count = 65;
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const angle = (2 * Math.PI * i) / (count - 1);
    x[i] = spread.mean[0] + deviations * across * Math.cos(angle);
    y[i] = spread.mean[1] + deviations * (slope * Math.cos(angle) + along * Math.sin(angle));
  }
  return { x, y };
}
