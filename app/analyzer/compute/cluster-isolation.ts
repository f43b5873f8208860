import type { FloatArray } from '../extensions/data.ts';
import type { ReadOptions } from '../source.ts';
import { createBreather } from './breathe.ts';
import { chiSquareCdf } from './chi-square.ts';
import { cholesky } from './cholesky.ts';
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
  /** Mean point of the rows of a label, where it is known already. */
  readonly centreOf?: ((label: number) => FloatArray) | undefined;
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
  const { own, other } = rowsOf(clusters, true);
  const nothing = { isolationDistance: Number.NaN, lRatio: Number.NaN };
  const least = Math.min(own.length, other.length);
  if (least < 2) return nothing;
  const factor = await covariance(points, width, own, options);
  if (factor.some((_, at) => at % (width + 1) === 0 && factor[at] === 0)) return nothing;
  if (!cholesky(factor, width, degenerate)) return undefined;
  const centre = meanPoint(points, width, own);
  const shareUpTo = chiSquareCdf(width);
  let farthest = width;
  while (shareUpTo(farthest) < 1) farthest *= 1.1;
  const squares = await smallestSquares({ root: factor, width, points, centre }, other, least, farthest, options);
  const beyond = squares.map((square) => 1 - shareUpTo(square));
  return { isolationDistance: squares[least - 1], lRatio: sumOf(beyond) / own.length };
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
  const centreOf =
    clusters.centreOf ??
    ((label: number) =>
      meanPoint(
        points,
        width,
        labels.map((_, row) => row).filter((row) => labels[row] === label),
      ));
  const distancesTo = (label: number) => distances(points, width, own, centreOf(label));
  let nearest: Float64Array | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const label of new Set(labels)) {
    if (label === unit) continue;
    const toOther = distancesTo(label);
    const mean = sumOf(toOther) / toOther.length;
    if (mean < least) [nearest, least] = [toOther, mean];
  }
  if (nearest === undefined || own.length === 0) return Number.NaN;
  const toOwn = distancesTo(unit);
  let scores = 0;
  for (let at = 0; at < own.length; at += 1) scores += (nearest[at] - toOwn[at]) / Math.max(nearest[at], toOwn[at]);
  return scores / own.length;
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

/** Ascending, or the others label by label. */
function rowsOf({ labels, own }: Clusters, inTurns = false): { own: Int32Array; other: Int32Array } {
  const mine = new Int32Array(labels.length);
  const theirs = new Int32Array(labels.length);
  let count = 0;
  for (let row = 0; row < labels.length; row += 1) {
    if (labels[row] === own) mine[count++] = row;
    else theirs[row - count] = row;
  }
  const other = theirs.subarray(0, labels.length - count);
  if (inTurns) {
    const next = new Int32Array(labels.reduce((most, label) => Math.max(most, label), 0) + 2);
    for (let at = 0; at < other.length; at += 1) next[labels[other[at]] + 1] += 1;
    for (let label = 1; label < next.length; label += 1) next[label] += next[label - 1];
    const ascending = other.slice();
    for (let at = 0; at < ascending.length; at += 1) other[next[labels[ascending[at]]]++] = ascending[at];
  }
  return { own: mine.subarray(0, count), other };
}

/** Four rows at once, so that no sum waits for the one before. */
function distances(points: FloatArray, width: number, rows: Int32Array, centre: FloatArray): Float64Array {
  const found = new Float64Array(rows.length);
  const last = rows.length - 1;
  for (let at = 0; at <= last; at += 4) {
    const first = rows[at] * width;
    const second = rows[Math.min(at + 1, last)] * width;
    const third = rows[Math.min(at + 2, last)] * width;
    const fourth = rows[Math.min(at + 3, last)] * width;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let column = 0; column < width; column += 1) {
      const middle = centre[column];
      const ofFirst = points[first + column] - middle;
      const ofSecond = points[second + column] - middle;
      const ofThird = points[third + column] - middle;
      const ofFourth = points[fourth + column] - middle;
      a += ofFirst * ofFirst;
      b += ofSecond * ofSecond;
      c += ofThird * ofThird;
      d += ofFourth * ofFourth;
    }
    // Past the end these write nothing.
    found[at] = Math.sqrt(a);
    found[at + 1] = Math.sqrt(b);
    found[at + 2] = Math.sqrt(c);
    found[at + 3] = Math.sqrt(d);
  }
  return found;
}

/** Added up row by row in the precision of the points, as NumPy does along the first axis. */
function meanPoint(points: FloatArray, width: number, rows: Int32Array): FloatArray {
  const single = points instanceof Float32Array;
  const sums = single ? new Float32Array(width) : new Float64Array(width);
  if (width === 1) {
    const column = single ? Float32Array.from(rows, (row) => points[row]) : Float64Array.from(rows, (row) => points[row]);
    sums[0] = pairwiseSum(column);
  } else {
    addUp(sums, points, width, rows);
  }
  return sums.map((sum) => sum / rows.length);
}

function addUp(sums: FloatArray, points: FloatArray, width: number, rows: Int32Array): void {
  for (let row = 0; row < rows.length; row += 1) {
    const start = rows[row] * width;
    for (let at = 0; at < width; at += 1) sums[at] += points[start + at];
  }
}

function exactMean(points: FloatArray, width: number, rows: Int32Array): Float64Array {
  const sums = new Float64Array(width);
  addUp(sums, points, width, rows);
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
      const line = first * width;
      for (let second = 0; second <= first; second += 1) scatter[line + second] += value * centred[second];
    }
  }
  for (let first = 0; first < width; first += 1) {
    for (let second = 0; second < first; second += 1) scatter[second * width + first] = scatter[first * width + second];
  }
}

/** Points about a centre, and the lower triangular root of their covariance. */
interface Spread {
  readonly root: Float64Array;
  readonly width: number;
  readonly points: FloatArray;
  readonly centre: FloatArray;
}

const rowsAtOnce = 4;
const columnsAtOnce = 12;
/** Between two looks at the clock; a multiple of `rowsAtOnce`. */
const rowsAtATime = 256;

/**
 * Squared Mahalanobis distances of rows from the centre, ascending: all up to `farthest`, and `least` of them at any rate. Most rows
 * are given up after some columns, when what these add up to is too much already.
 */
async function smallestSquares(
  spread: Spread,
  rows: Int32Array,
  least: number,
  farthest: number,
  options: ReadOptions,
): Promise<Float64Array> {
  const squares = new SmallestSquares(spread, rows, least, farthest);
  const breathe = createBreather(options.signal);
  for (let row = 0; row < rows.length; row += rowsAtATime) {
    const turn = breathe();
    if (turn) await turn;
    squares.measure(row, Math.min(rows.length, row + rowsAtATime));
  }
  return squares.found();
}

class SmallestSquares {
  private readonly spread: Spread;
  private readonly rows: Int32Array;
  private readonly least: number;
  private readonly farthest: number;
  private readonly lines: Float64Array;
  private readonly squares = new Float64Array(rowsAtOnce);
  private readonly measured: Float64Array;
  private measuredCount = 0;
  private readonly smallest: Float64Array;
  private smallCount = 0;
  private limit = Number.POSITIVE_INFINITY;

  constructor(spread: Spread, rows: Int32Array, least: number, farthest: number) {
    this.spread = spread;
    this.rows = rows;
    this.least = least;
    this.farthest = farthest;
    this.lines = new Float64Array(rowsAtOnce * spread.width);
    this.measured = new Float64Array(rows.length);
    this.smallest = new Float64Array(2 * least);
  }

  found(): Float64Array {
    return this.measured.subarray(0, this.measuredCount).sort();
  }

  measure(from: number, to: number): void {
    const { spread, rows, lines, squares } = this;
    const { root, width } = spread;
    for (let row = from; row < to; row += rowsAtOnce) {
      squares.fill(0);
      let isNear = true;
      for (let column = 0; column < width && isNear; column += columnsAtOnce) {
        const end = Math.min(width, column + columnsAtOnce);
        fillLines(lines, spread, rows, row, column, end);
        solveLines(root, width, lines, column, end);
        isNear = addSquares(squares, lines, column, end, this.limit);
      }
      if (isNear) for (let line = 0; line < rowsAtOnce && row + line < rows.length; line += 1) this.keep(squares[line]);
    }
  }

  private keep(square: number): void {
    this.measured[this.measuredCount++] = square;
    this.smallest[this.smallCount++] = square;
    if (this.smallCount < this.smallest.length) return;
    this.smallest.sort();
    this.smallCount = this.least;
    this.limit = Math.max(this.farthest, this.smallest[this.least - 1]);
  }
}

/** Columns of four rows less the centre, interleaved; the last row again where there are none left. */
function fillLines(lines: Float64Array, { width, points, centre }: Spread, rows: Int32Array, row: number, from: number, to: number): void {
  const last = rows.length - 1;
  const first = rows[row] * width;
  const second = rows[Math.min(row + 1, last)] * width;
  const third = rows[Math.min(row + 2, last)] * width;
  const fourth = rows[Math.min(row + 3, last)] * width;
  for (let at = from; at < to; at += 1) {
    const middle = centre[at];
    lines[4 * at] = points[first + at] - middle;
    lines[4 * at + 1] = points[second + at] - middle;
    lines[4 * at + 2] = points[third + at] - middle;
    lines[4 * at + 3] = points[fourth + at] - middle;
  }
}

/** False where all four are above the limit; not-a-number never is. */
function addSquares(squares: Float64Array, lines: Float64Array, from: number, to: number, limit: number): boolean {
  let a = squares[0];
  let b = squares[1];
  let c = squares[2];
  let d = squares[3];
  for (let at = 4 * from; at < 4 * to; at += 4) {
    a += lines[at] * lines[at];
    b += lines[at + 1] * lines[at + 1];
    c += lines[at + 2] * lines[at + 2];
    d += lines[at + 3] * lines[at + 3];
  }
  squares[0] = a;
  squares[1] = b;
  squares[2] = c;
  squares[3] = d;
  return !(a > limit && b > limit && c > limit && d > limit);
}

/** Divides four interleaved lines by a lower triangular root, in place, from one column to another, two at a time. */
function solveLines(root: Float64Array, width: number, lines: Float64Array, from: number, to: number): void {
  for (let at = from; at < to; at += 2) {
    const end = 4 * at;
    const hasNext = at + 1 < to;
    let a = lines[end];
    let b = lines[end + 1];
    let c = lines[end + 2];
    let d = lines[end + 3];
    let e = hasNext ? lines[end + 4] : 0;
    let f = hasNext ? lines[end + 5] : 0;
    let g = hasNext ? lines[end + 6] : 0;
    let h = hasNext ? lines[end + 7] : 0;
    let cell = at * width;
    let below = hasNext ? cell + width : cell;
    for (let place = 0; place < end; place += 4) {
      const own = root[cell];
      const next = root[below];
      const first = lines[place];
      const second = lines[place + 1];
      const third = lines[place + 2];
      const fourth = lines[place + 3];
      a -= own * first;
      b -= own * second;
      c -= own * third;
      d -= own * fourth;
      e -= next * first;
      f -= next * second;
      g -= next * third;
      h -= next * fourth;
      cell += 1;
      below += 1;
    }
    const pivot = root[cell];
    a /= pivot;
    b /= pivot;
    c /= pivot;
    d /= pivot;
    lines[end] = a;
    lines[end + 1] = b;
    lines[end + 2] = c;
    lines[end + 3] = d;
    if (!hasNext) return;
    const across = root[below];
    const nextPivot = root[below + 1];
    lines[end + 4] = (e - across * a) / nextPivot;
    lines[end + 5] = (f - across * b) / nextPivot;
    lines[end + 6] = (g - across * c) / nextPivot;
    lines[end + 7] = (h - across * d) / nextPivot;
  }
}

function dot(points: FloatArray, start: number, direction: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < direction.length; at += 1) sum += points[start + at] * direction[at];
  return sum;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += values[at];
  return sum;
}

function meanAndVariance(values: Float64Array): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}
