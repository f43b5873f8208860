import type { FloatArray } from '../extensions/data.ts';
import type { ReadOptions } from '../source.ts';
import { createBreather } from './breathe.ts';
import { chiSquareCdf } from './chi-square.ts';
import { pairwiseSum } from './pairwise-sum.ts';
import { leadingEigen } from './symmetric-eigen.ts';

/** Projections of the spikes of one unit and of the units near it. */
export interface Clusters {
  /** (rows, width) */
  readonly points: FloatArray;
  readonly width: number;
  /** The unit of each row. */
  readonly labels: Int32Array;
  readonly own: number;
}

/** Below this share of a column's own variance what is left of it is rounding. */
const degenerate = 1e-10;

/** More columns take minutes to factor. */
const mostColumns = 512;

/**
 * Isolation distance and L-ratio (Schmitzer-Torbert et al. 2005), as SpikeInterface's `mahalanobis`. `undefined` where columns
 * depend on each other, so that SpikeInterface's own values are rounding, and above 512 columns. Cancellable.
 */
export async function mahalanobisIsolation(
  clusters: Clusters,
  options: ReadOptions,
): Promise<{ readonly isolationDistance: number; readonly lRatio: number } | undefined> {
  const { points, width } = clusters;
  if (width > mostColumns) return undefined;
  const { own, other } = rowsOf(clusters);
  const nothing = { isolationDistance: Number.NaN, lRatio: Number.NaN };
  const least = Math.min(own.length, other.length);
  if (least < 2) return nothing;
  const factor = await covariance(points, width, own, options);
  if (factor.some((_, at) => at % (width + 1) === 0 && factor[at] === 0)) return nothing;
  if (!cholesky(factor, width)) return undefined;
  const centre = meanPoint(points, width, own);
  const squares = Float64Array.from(other, (row) => squaredLength(factor, width, points, row, centre)).sort();
  const beyond = squares.map((square) => 1 - chiSquareCdf(square, width));
  return { isolationDistance: squares[least - 1], lRatio: beyond.reduce((sum, share) => sum + share, 0) / own.length };
}

/**
 * d′ along the direction that parts the unit from the others best (linear discriminant), as SpikeInterface's `d_prime`;
 * not-a-number without others, `undefined` above 512 columns. Cancellable.
 */
export async function dPrime(clusters: Clusters, options: ReadOptions): Promise<number | undefined> {
  const { points, width } = clusters;
  if (width > mostColumns) return undefined;
  const { own, other } = rowsOf(clusters);
  const count = own.length + other.length;
  if (own.length === 0 || other.length === 0 || count <= 2) return Number.NaN;
  const means = [own, other].map((rows) => exactMean(points, width, rows));
  const within = new Float64Array(width * width);
  for (const [cluster, rows] of [own, other].entries()) await addScatter(within, points, width, rows, means[cluster], options);
  const scale = Float64Array.from({ length: width }, (_, at) => Math.sqrt(within[at * (width + 1)] / count) || 1);
  for (let at = 0; at < within.length; at += 1) {
    within[at] /= (count - 2) * scale[Math.floor(at / width)] * scale[at % width];
  }
  const { values, vectors } = leadingEigen(within, width, width);
  const apart = Float64Array.from({ length: width }, (_, at) => (means[0][at] - means[1][at]) / scale[at]);
  const direction = new Float64Array(width);
  for (let axis = 0; axis < width; axis += 1) {
    // scikit-learn leaves out directions whose singular value is not above 1e-4.
    if (!(Math.sqrt(Math.max(0, values[axis])) > 1e-4)) continue;
    const vector = vectors.subarray(axis * width, (axis + 1) * width);
    const along = vector.reduce((sum, value, at) => sum + value * apart[at], 0) / values[axis];
    for (let at = 0; at < width; at += 1) direction[at] += (along * vector[at]) / scale[at];
  }
  const [mine, theirs] = [own, other].map((rows) => meanAndVariance(Float64Array.from(rows, (row) => dot(points, row * width, direction))));
  return (mine.mean - theirs.mean) / Math.sqrt((mine.variance + theirs.variance) / 2);
}

/** Simplified silhouette (Hruschka et al. 2004): each spike's distance to its own centre against that to the nearest other one. */
export function simplifiedSilhouette(clusters: Clusters): number {
  const { points, width, labels, own: unit } = clusters;
  const { own } = rowsOf(clusters);
  const distancesTo = (rows: Int32Array) => {
    const centre = meanPoint(points, width, rows);
    return Float64Array.from(own, (row) => {
      let square = 0;
      for (let at = 0; at < width; at += 1) square += (points[row * width + at] - centre[at]) ** 2;
      return Math.sqrt(square);
    });
  };
  let nearest: Float64Array | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const label of new Set(labels)) {
    if (label === unit) continue;
    const distances = distancesTo(positions(labels, (other) => other === label));
    const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
    if (mean < least) [nearest, least] = [distances, mean];
  }
  if (nearest === undefined || own.length === 0) return Number.NaN;
  const others = nearest;
  const scores = distancesTo(own).map((distance, at) => (others[at] - distance) / Math.max(others[at], distance));
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/**
 * Shares of the nearest neighbours of the unit's spikes, and of the other spikes, that are the unit's (Chung et al. 2017), as
 * SpikeInterface's `nearest_neighbor`. Above `mostSpikes` evenly spread ones are taken. Cancellable.
 */
export async function nearestNeighbourRates(
  clusters: Clusters,
  mostSpikes: number,
  neighbourCount: number,
  options: ReadOptions,
): Promise<{ readonly hitRate: number; readonly missRate: number }> {
  const { own, other } = rowsOf(clusters);
  // Where all spikes are one unit's, whichever, SpikeInterface gives the best there is.
  if (new Set(clusters.labels).size === 1) return { hitRate: 1, missRate: 0 };
  let rows = new Int32Array(own.length + other.length);
  rows.set(own);
  rows.set(other, own.length);
  let ownCount = own.length;
  const ratio = mostSpikes / rows.length;
  if (ratio < 1) {
    const step = 1 / ratio;
    const all = rows;
    rows = Int32Array.from({ length: Math.ceil((all.length - 1) / step) }, (_, at) => all[Math.trunc(at * step)]);
    ownCount = Math.trunc(ownCount * ratio);
  }
  if (neighbourCount >= rows.length) return { hitRate: Number.NaN, missRate: Number.NaN };
  const found = await ownNeighbours(clusters, rows, ownCount, neighbourCount, options);
  const share = (counts: Float64Array) => counts.reduce((sum, count) => sum + count, 0) / (counts.length * neighbourCount);
  return { hitRate: share(found.subarray(0, ownCount)), missRate: share(found.subarray(ownCount)) };
}

/** For each row how many of its nearest are among the first `ownCount`. Searched outwards along the widest column. */
async function ownNeighbours(
  { points, width }: Clusters,
  rows: Int32Array,
  ownCount: number,
  neighbourCount: number,
  options: ReadOptions,
): Promise<Float64Array> {
  const mean = exactMean(points, width, rows);
  const spread = new Float64Array(width);
  for (const row of rows) for (let at = 0; at < width; at += 1) spread[at] += (points[row * width + at] - mean[at]) ** 2;
  const widest = spread.indexOf(Math.max(...spread));
  const order = Int32Array.from(rows.keys()).sort((a, b) => points[rows[a] * width + widest] - points[rows[b] * width + widest]);
  const sorted = new Float64Array(rows.length * width);
  order.forEach((position, at) => {
    sorted.set(points.subarray(rows[position] * width, (rows[position] + 1) * width), at * width);
  });
  const squares = new Float64Array(neighbourCount);
  const nearest = new Int32Array(neighbourCount);
  const found = new Float64Array(rows.length);
  const breathe = createBreather(options.signal);
  for (let from = 0; from < rows.length; from += 1) {
    const turn = (from & 63) === 0 ? breathe() : undefined;
    if (turn) await turn;
    squares.fill(Number.POSITIVE_INFINITY);
    const consider = (to: number): boolean => {
      const limit = squares[neighbourCount - 1];
      const gap = sorted[to * width + widest] - sorted[from * width + widest];
      if (gap * gap > limit) return false;
      let square = 0;
      for (let at = 0; at < width && square <= limit; at += 1) square += (sorted[to * width + at] - sorted[from * width + at]) ** 2;
      if (!(square < limit)) return true;
      let place = neighbourCount - 1;
      for (; place > 0 && squares[place - 1] > square; place -= 1) {
        squares[place] = squares[place - 1];
        nearest[place] = nearest[place - 1];
      }
      squares[place] = square;
      nearest[place] = to;
      return true;
    };
    let [below, above] = [from - 1, from + 1];
    while (below >= 0 || above < rows.length) {
      if (below >= 0) below = consider(below) ? below - 1 : -1;
      if (above < rows.length) above = consider(above) ? above + 1 : rows.length;
    }
    found[order[from]] = nearest.filter((to) => order[to] < ownCount).length;
  }
  return found;
}

function rowsOf({ labels, own }: Clusters): { own: Int32Array; other: Int32Array } {
  return { own: positions(labels, (label) => label === own), other: positions(labels, (label) => label !== own) };
}

function positions(labels: Int32Array, wanted: (label: number) => boolean): Int32Array {
  return Int32Array.from(labels.keys()).filter((row) => wanted(labels[row]));
}

/** Added up row by row in the precision of the points, as NumPy does along the first axis. */
function meanPoint(points: FloatArray, width: number, rows: Int32Array): FloatArray {
  const single = points instanceof Float32Array;
  const sums = single ? new Float32Array(width) : new Float64Array(width);
  if (width === 1) {
    const column = single ? Float32Array.from(rows, (row) => points[row]) : Float64Array.from(rows, (row) => points[row]);
    sums[0] = pairwiseSum(column);
  } else {
    for (const row of rows) for (let at = 0; at < width; at += 1) sums[at] += points[row * width + at];
  }
  return sums.map((sum) => sum / rows.length);
}

function exactMean(points: FloatArray, width: number, rows: Int32Array): Float64Array {
  const sums = new Float64Array(width);
  for (const row of rows) for (let at = 0; at < width; at += 1) sums[at] += points[row * width + at];
  return sums.map((sum) => sum / rows.length);
}

async function covariance(points: FloatArray, width: number, rows: Int32Array, options: ReadOptions): Promise<Float64Array> {
  const scatter = new Float64Array(width * width);
  await addScatter(scatter, points, width, rows, exactMean(points, width, rows), options);
  return scatter.map((value) => value / (rows.length - 1));
}

async function addScatter(
  scatter: Float64Array,
  points: FloatArray,
  width: number,
  rows: Int32Array,
  mean: Float64Array,
  options: ReadOptions,
): Promise<void> {
  const centred = new Float64Array(width);
  const breathe = createBreather(options.signal);
  for (const row of rows) {
    const turn = breathe();
    if (turn) await turn;
    for (let at = 0; at < width; at += 1) centred[at] = points[row * width + at] - mean[at];
    for (let first = 0; first < width; first += 1) {
      const value = centred[first];
      if (value === 0) continue;
      for (let second = 0; second < width; second += 1) scatter[first * width + second] += value * centred[second];
    }
  }
}

/** Replaces a matrix by its lower triangular root; false where a column hangs on those before it. */
function cholesky(matrix: Float64Array, size: number): boolean {
  for (let column = 0; column < size; column += 1) {
    const own = matrix[column * (size + 1)];
    let pivot = own;
    for (let at = 0; at < column; at += 1) pivot -= matrix[column * size + at] ** 2;
    if (!(pivot > degenerate * own)) return false;
    const root = Math.sqrt(pivot);
    matrix[column * (size + 1)] = root;
    for (let row = column + 1; row < size; row += 1) {
      let value = matrix[row * size + column];
      for (let at = 0; at < column; at += 1) value -= matrix[row * size + at] * matrix[column * size + at];
      matrix[row * size + column] = value / root;
    }
  }
  return true;
}

/** Squared Mahalanobis distance of a row from the centre. */
function squaredLength(root: Float64Array, width: number, points: FloatArray, row: number, centre: FloatArray): number {
  const solved = new Float64Array(width);
  let square = 0;
  for (let at = 0; at < width; at += 1) {
    let value = points[row * width + at] - centre[at];
    for (let before = 0; before < at; before += 1) value -= root[at * width + before] * solved[before];
    solved[at] = value / root[at * (width + 1)];
    square += solved[at] ** 2;
  }
  return square;
}

function dot(points: FloatArray, start: number, direction: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < direction.length; at += 1) sum += points[start + at] * direction[at];
  return sum;
}

function meanAndVariance(values: Float64Array): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}
