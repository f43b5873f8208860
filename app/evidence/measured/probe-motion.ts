import { createBreather } from '../../analyzer/compute/breathe.ts';
import { cholesky, solveSquare } from '../../analyzer/compute/cholesky.ts';
import { perView } from '../../analyzer/compute/per-view.ts';
import { segmentStarts, unitTrains } from '../../analyzer/compute/unit-trains.ts';

const shortestWindowS = 2;
const spikesPerWindow = 120;
const mostWindows = 120;
const fewestSpikesOfWindow = 20;
const finestBinUm = 2;
const mostDepthBins = 500;
const mostSpikes = 500_000;
/** Multiplications that comparing all windows may cost; long probes get fewer windows. */
const mostWork = 4e8;
const reachUm = 60;
const smoothingUm = 4;
/** Units of different shanks are looked at apart, though they move together. */
const shankUm = 150;
/** Windows that look less alike than this say nothing about each other. */
const leastLikeness = 0.3;
const blockUm = 200;
const blockWidthUm = 120;
const outlierUm = 4;
/** How much a window follows the one before where nothing else is known, against a pair of windows that look the same. */
const stillness = 0.05;
/** How much a depth follows the motion of all depths. */
const togetherness = 1;

interface ProbeMotion {
  /** How far spikes at that time (samples, segments laid end to end) and depth lie from their mean place along y, in µm. */
  displacementUm(timeSamples: number, yUm: number): number;
}

/**
 * How the tissue moves along the probe, from spike positions and times alone, whatever unit they were given to: histograms of
 * depth in windows of a few seconds are compared each with each, and the shifts at which they look most alike are solved for one
 * path (decentralized registration: Varol et al. 2021, Windolf et al. 2025 DREDge). Once for all depths, then around every
 * 200 µm of depth, held to the common path where there are few spikes.
 */
export const probeMotion = perView(async (view, options): Promise<ProbeMotion> => {
  const trains = await unitTrains(view, options);
  const { xUm, yUm } = await view.extension('spike_locations', options);
  const total = trains.totalSamples;
  const spikeCount = trains.samples.length;
  const every = Math.max(1, Math.ceil(spikeCount / mostSpikes));
  const x: number[] = [];
  const y: number[] = [];
  const times: number[] = [];
  const starts = segmentStarts(trains.segmentSampleCounts);
  for (let segment = 0; segment < trains.segmentCount; segment += 1) {
    for (let unit = 0; unit < trains.unitCount; unit += 1) {
      const place = unit * trains.segmentCount + segment;
      for (let entry = trains.bounds[place]; entry < trains.bounds[place + 1]; entry += every) {
        const row = trains.rows[entry];
        if (!(Number.isFinite(xUm[row]) && Number.isFinite(yUm[row]))) continue;
        x.push(xUm[row]);
        y.push(yUm[row]);
        times.push(trains.samples[entry] + starts[segment]);
      }
    }
  }
  const still: ProbeMotion = { displacementUm: () => 0 };
  if (y.length === 0) return still;
  const sorted = Float64Array.from(y).sort();
  const low = sorted[Math.floor(0.002 * (sorted.length - 1))];
  const high = sorted[Math.ceil(0.998 * (sorted.length - 1))];
  const binUm = Math.max(finestBinUm, (high - low) / mostDepthBins);
  const depthBins = Math.floor((high - low) / binUm) + 1;
  const leftmost = x.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const shanks = new Set(x.map((value) => Math.floor((value - leftmost) / shankUm)));
  const shankOf = new Map([...shanks].sort((a, b) => a - b).map((shank, place) => [shank, place]));
  const blocks = Math.max(1, Math.round((high - low) / blockUm));
  const layout = { shanks: shankOf.size, depthBins, reach: Math.ceil(reachUm / binUm) };
  const workOfPair = (2 * layout.reach + 1) * layout.shanks * (depthBins + blocks * Math.min(depthBins, (6 * blockWidthUm) / binUm));
  const windowCount = Math.min(
    mostWindows,
    Math.floor(Math.sqrt((2 * mostWork) / workOfPair)),
    Math.floor(total / view.samplingFrequencyHz / shortestWindowS),
    Math.floor(y.length / spikesPerWindow),
  );
  if (windowCount < 3) return still;
  const windowOf = (time: number) => Math.min(windowCount - 1, Math.max(0, Math.floor((time / total) * windowCount)));
  const histograms = Array.from({ length: windowCount }, () => new Float64Array(shankOf.size * depthBins));
  const counts = new Int32Array(windowCount);
  for (let spike = 0; spike < y.length; spike += 1) {
    const bin = Math.round((y[spike] - low) / binUm);
    if (!(bin >= 0 && bin < depthBins)) continue;
    const shank = shankOf.get(Math.floor((x[spike] - leftmost) / shankUm)) as number;
    const window = windowOf(times[spike]);
    histograms[window][shank * depthBins + bin] += 1;
    counts[window] += 1;
  }
  const smooth = histograms.map((counted) => smoothed(counted, shankOf.size, depthBins, smoothingUm / binUm));
  const breathe = createBreather(options?.signal);
  const heard = Array.from(counts, (count) => count >= fewestSpikesOfWindow);
  const common = await pathOf(smooth, heard, layout, binUm, undefined, breathe);
  if (blocks === 1) return { displacementUm: (time) => common[windowOf(time)] };
  const centres = Array.from({ length: blocks }, (_, block) => low + ((block + 0.5) * (high - low)) / blocks);
  const paths: Float64Array[] = [];
  for (const centre of centres) {
    const from = Math.max(0, Math.floor((centre - 3 * blockWidthUm - low) / binUm));
    const to = Math.min(depthBins, Math.ceil((centre + 3 * blockWidthUm - low) / binUm));
    const near = smooth.map((values) => {
      const part = new Float64Array(layout.shanks * (to - from));
      for (let shank = 0; shank < layout.shanks; shank += 1) {
        for (let bin = from; bin < to; bin += 1) {
          const weight = Math.exp(-0.5 * ((low + bin * binUm - centre) / blockWidthUm) ** 2);
          part[shank * (to - from) + bin - from] = weight * values[shank * depthBins + bin];
        }
      }
      return part;
    });
    paths.push(await pathOf(near, heard, { ...layout, depthBins: to - from }, binUm, common, breathe));
  }
  return {
    displacementUm(time, depth) {
      const window = windowOf(time);
      const place = Math.min(blocks - 1, Math.max(0, ((depth - low) / (high - low)) * blocks - 0.5));
      const below = Math.min(blocks - 2, Math.floor(place));
      return paths[below][window] + (paths[below + 1][window] - paths[below][window]) * (place - below);
    },
  };
});

/** Square root of the counts (one busy cell must not outshout the others), smoothed along the depth. */
function smoothed(counted: Float64Array, shanks: number, depthBins: number, widthBins: number): Float64Array {
  const reach = Math.ceil(3 * widthBins);
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp(-0.5 * ((at - reach) / widthBins) ** 2));
  const made = new Float64Array(counted.length);
  for (let shank = 0; shank < shanks; shank += 1) {
    const start = shank * depthBins;
    for (let bin = 0; bin < depthBins; bin += 1) {
      const value = counted[start + bin];
      if (value === 0) continue;
      for (let to = Math.max(0, bin - reach); to <= Math.min(depthBins - 1, bin + reach); to += 1) {
        made[start + to] += value * kernel[to - bin + reach];
      }
    }
  }
  return made.map(Math.sqrt);
}

interface Layout {
  readonly shanks: number;
  readonly depthBins: number;
  /** Largest shift, in bins. */
  readonly reach: number;
}

interface Comparison {
  readonly from: number;
  readonly to: number;
  readonly shiftUm: number;
  readonly weight: number;
}

/** Place of every window in µm around a mean of 0; with `around` held to that path. */
async function pathOf(
  histograms: readonly Float64Array[],
  heard: readonly boolean[],
  layout: Layout,
  binUm: number,
  around: Float64Array | undefined,
  breathe: () => Promise<void> | undefined,
): Promise<Float64Array> {
  const count = histograms.length;
  const comparisons: Comparison[] = [];
  const squares = histograms.map((values) => dot(values, values, 0, 0, values.length));
  for (let from = 0; from < count; from += 1) {
    if (!heard[from]) continue;
    for (let to = from + 1; to < count; to += 1) {
      if (!heard[to]) continue;
      const { shift, likeness } = bestShift(histograms[from], histograms[to], Math.sqrt(squares[from] * squares[to]), layout);
      if (likeness > leastLikeness) comparisons.push({ from, to, shiftUm: shift * binUm, weight: (likeness - leastLikeness) ** 2 });
    }
    const turn = breathe();
    if (turn) await turn;
  }
  let path: Float64Array = around?.slice() ?? new Float64Array(count);
  for (let round = 0; round < 6; round += 1) {
    const matrix = new Float64Array(count * count);
    const right = new Float64Array(count);
    const tie = (a: number, b: number, difference: number, weight: number) => {
      matrix[a * count + a] += weight;
      matrix[b * count + b] += weight;
      matrix[a * count + b] -= weight;
      matrix[b * count + a] -= weight;
      right[a] -= weight * difference;
      right[b] += weight * difference;
    };
    for (const { from, to, shiftUm, weight } of comparisons) {
      const off = round === 0 && around === undefined ? 0 : path[to] - path[from] - shiftUm;
      tie(from, to, shiftUm, weight / (1 + (off / outlierUm) ** 2));
    }
    for (let window = 1; window < count; window += 1) tie(window - 1, window, 0, stillness);
    for (let window = 0; window < count; window += 1) {
      const hold = around === undefined ? 1e-6 : togetherness;
      matrix[window * count + window] += hold;
      right[window] += hold * (around?.[window] ?? 0);
    }
    // Every window is held to something, so this has a root.
    cholesky(matrix, count);
    solveSquare(matrix, right, count);
    path = right;
  }
  const mean = path.reduce((sum, value) => sum + value, 0) / count;
  return path.map((value) => value - mean);
}

/**
 * Shift of the second histogram, in bins with a part between, at which it looks most like the first, and how alike (cosine);
 * `norm` is the product of their lengths.
 */
function bestShift(first: Float64Array, second: Float64Array, norm: number, layout: Layout): { shift: number; likeness: number } {
  const { shanks, depthBins, reach } = layout;
  const likeness = new Float64Array(2 * reach + 1);
  if (!(norm > 0)) return { shift: 0, likeness: 0 };
  let best = reach;
  for (let at = 0; at <= 2 * reach; at += 1) {
    const shift = at - reach;
    const length = depthBins - Math.abs(shift);
    if (length <= 0) continue;
    let sum = 0;
    for (let shank = 0; shank < shanks; shank += 1) {
      const start = shank * depthBins;
      sum += dot(first, second, start + Math.max(0, -shift), start + Math.max(0, shift), length);
    }
    likeness[at] = sum / norm;
    if (likeness[at] > likeness[best]) best = at;
  }
  if (best === 0 || best === 2 * reach) return { shift: best - reach, likeness: 0 };
  const [before, top, after] = [likeness[best - 1], likeness[best], likeness[best + 1]];
  const bend = before - 2 * top + after;
  return { shift: best - reach + (bend < 0 ? (0.5 * (before - after)) / bend : 0), likeness: top };
}

function dot(a: Float64Array, b: Float64Array, aFrom: number, bFrom: number, length: number): number {
  let sum = 0;
  for (let at = 0; at < length; at += 1) sum += a[aFrom + at] * b[bFrom + at];
  return sum;
}
