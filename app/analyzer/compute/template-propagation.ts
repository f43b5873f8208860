import type { FloatArray } from '../extensions/data.ts';
import { boundedLeastSquares } from './bounded-least-squares.ts';
import { medianInPlace } from './median.ts';
import { Unmeasurable } from './unmeasurable.ts';

/** A template on several channels. */
export interface SpreadTemplate {
  /** One signal per channel. */
  readonly signals: readonly FloatArray[];
  /** x, y of each of these channels, µm. */
  readonly positionsUm: readonly (readonly [number, number])[];
  readonly samplingFrequencyHz: number;
  /** The axis along the probe: 0 for x, 1 for y. */
  readonly depthAxis: 0 | 1;
}

type Params = Readonly<Record<string, unknown>>;
type Columns = Readonly<Record<string, number>>;

/**
 * Metrics of a template over channels by SpikeInterface's names, columns and formulas. NumPy puts equal values into an order
 * that depends on the processor; `undefined` where SpikeInterface's value may hang on that order of equally deep channels.
 * Throws `Unmeasurable` where its measure would stop.
 */
export const templatePropagation: Readonly<Record<string, (spread: SpreadTemplate, params: Params) => Columns | undefined>> = {
  velocity_fits: (spread, params) => {
    const { signals, positionsUm, samplingFrequencyHz, depthAxis } = withinColumn(spread, params, spread.depthAxis);
    if (signals.length === 0) throw new Unmeasurable('no channel is within the column');
    const lowest = signals.map(indexOfLowest);
    const troughs = signals.map((signal, channel) => signal[lowest[channel]]);
    const deepest = Math.min(...troughs);
    const main = lowest.reduce(
      (best, sample, channel) => (troughs[channel] === deepest && (best < 0 || sample < lowest[best]) ? channel : best),
      -1,
    );
    const timesMs = lowest.map((sample) => (sample / samplingFrequencyHz) * 1000 - (lowest[main] / samplingFrequencyHz) * 1000);
    const velocity = (onSide: (depth: number) => boolean): number => {
      const channels = [...signals.keys()].filter((channel) => onSide(positionsUm[channel][depthAxis] - positionsUm[main][depthAxis]));
      if (channels.length < numberOf(params, 'min_channels')) return Number.NaN;
      const { slope, fit } = robustLine(
        channels.map((channel) => distance(positionsUm[channel], positionsUm[main])),
        channels.map((channel) => timesMs[channel]),
      );
      return fit > numberOf(params, 'min_r2') && slope !== 0 ? 1 / slope : Number.NaN;
    };
    return { velocity_above: velocity((depth) => depth >= 0), velocity_below: velocity((depth) => depth <= 0) };
  },

  exp_decay: (spread, params) => {
    const points = decayPoints(spread, params);
    if (points === undefined) return undefined;
    if (points.length === 0) return { exp_decay: Number.NaN };
    const fitted = params['linear_fit'] === true ? straightDecay(points) : exponentialDecay(points);
    return { exp_decay: fitted === undefined || fitted.fit < numberOf(params, 'min_r2') ? Number.NaN : fitted.decay };
  },

  spread: (spread, params) => {
    // SpikeInterface looks for the column along x here, whatever the direction.
    const { signals, positionsUm, depthAxis } = withinColumn(spread, params, 1);
    const depths = positionsUm.map((position) => position[depthAxis]);
    const levels = [...new Set(depths)].sort((a, b) => a - b);
    const heights = levels.map((level) => signals.filter((_, channel) => depths[channel] === level).map(heightOf));
    const smoothingUm = params['spread_smooth_um'];
    const deviation =
      typeof smoothingUm === 'number' && smoothingUm > 0
        ? smoothingUm / medianInPlace(Float64Array.from(levels.slice(1), (level, at) => level - levels[at]))
        : 0;
    const { low, high } = smoothedBounds(heights, deviation);
    const highest = { low: Math.max(...low.flat()), high: Math.max(...high.flat()) };
    const threshold = numberOf(params, 'spread_threshold');
    const surely = low.map((level) => level.some((height) => height / highest.high > threshold));
    const perhaps = high.map((level) => level.some((height) => height / highest.low > threshold));
    const [from, to] = [perhaps.indexOf(true), perhaps.lastIndexOf(true)];
    if (from < 0) throw new Unmeasurable('no channel is above the threshold');
    return surely[from] && surely[to] ? { spread: levels[to] - levels[from] } : undefined;
  },
};

function numberOf(params: Params, name: string): number {
  const value = params[name];
  if (typeof value !== 'number') throw new Unmeasurable(`${name} is missing`);
  return value;
}

/** The channels in reach of the largest one's column; all where no reach is given. */
function withinColumn(spread: SpreadTemplate, params: Params, depthAxis: 0 | 1): SpreadTemplate {
  const reachUm = params['column_range'];
  if (typeof reachUm !== 'number') return spread;
  const heights = spread.signals.map(heightOf);
  const middle = spread.positionsUm[heights.indexOf(Math.max(...heights))][0];
  const kept = [...heights.keys()].filter((channel) => Math.abs(spread.positionsUm[channel][1 - depthAxis] - middle) <= reachUm);
  return {
    ...spread,
    signals: kept.map((channel) => spread.signals[channel]),
    positionsUm: kept.map((channel) => spread.positionsUm[channel]),
  };
}

interface DecayPoint {
  readonly distanceUm: number;
  readonly amplitude: number;
}

/** Amplitudes by distance from the largest channel, nearest first; none where there are too few. */
function decayPoints({ signals, positionsUm }: SpreadTemplate, params: Params): readonly DecayPoint[] | undefined {
  const peaks = signals.map((signal) => (params['peak_function'] === 'min' ? Math.abs(signal[indexOfLowest(signal)]) : heightOf(signal)));
  const main = positionsUm[peaks.indexOf(Math.max(...peaks))];
  const byDistance = (points: DecayPoint[]) => points.sort((a, b) => a.distanceUm - b.distanceUm);
  const tolerance = params['channel_tolerance'];
  if (typeof tolerance !== 'number') {
    return byDistance(peaks.map((amplitude, channel) => ({ distanceUm: distance(positionsUm[channel], main), amplitude })));
  }
  const linear = params['linear_fit'] === true;
  const least = params['min_channels_for_fit'] ?? (linear ? 5 : 8);
  const most = params['num_channels_for_fit'] ?? (linear ? 6 : 10);
  const near = positionsUm.map(([x]) => Math.abs(x - main[0]) <= tolerance);
  if (near.filter(Boolean).length < Number(least)) return [];
  const depths = positionsUm.map(([, y]) => Math.abs(y - main[1]));
  const beyond = Math.max(...depths) + 1;
  const masked = depths.map((depth, channel) => (near[channel] ? depth : beyond));
  const chosen = [...masked.keys()].sort((a, b) => masked[a] - masked[b] || a - b);
  const next = chosen.splice(Number(most));
  if (next.length > 0 && masked[next[0]] === masked[chosen[chosen.length - 1]]) return undefined;
  const points = byDistance(
    chosen.map((channel) => ({
      distanceUm: distance(positionsUm[channel], main),
      amplitude: furthestOf(signals[channel]),
    })),
  );
  if (params['normalize_decay'] !== true) return points;
  const highest = Math.max(...points.map(({ amplitude }) => amplitude));
  return points.map(({ distanceUm, amplitude }) => ({ distanceUm, amplitude: amplitude / highest }));
}

interface Decay {
  readonly decay: number;
  /** Coefficient of determination. */
  readonly fit: number;
}

/** amplitude = height · exp(−decay · distance) + rest, within SpikeInterface's bounds; `undefined` where no fit is reached. */
function exponentialDecay(points: readonly DecayPoint[]): Decay | undefined {
  const first = points[0].amplitude;
  const least = Math.min(...points.map(({ amplitude }) => amplitude));
  if (!(first > 0 && least > 0)) return undefined;
  const model = ([decay, height, rest]: readonly number[]) => points.map(({ distanceUm }) => height * Math.exp(-decay * distanceUm) + rest);
  const { point, converged } = boundedLeastSquares({
    residuals: (parameters) => model(parameters).map((value, at) => value - points[at].amplitude),
    start: [1e-3, first, least],
    low: [1e-5, 0.5 * first, 0],
    high: [2, 1.5 * first, 2 * least],
  });
  return converged ? { decay: point[0], fit: determination(points, model(point)) } : undefined;
}

function straightDecay(points: readonly DecayPoint[]): Decay | undefined {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const distanceMean = mean(points.map(({ distanceUm }) => distanceUm));
  const amplitudeMean = mean(points.map(({ amplitude }) => amplitude));
  const own = points.reduce((sum, { distanceUm }) => sum + (distanceUm - distanceMean) ** 2, 0);
  if (!(own > 0)) return undefined;
  const slope = points.reduce((sum, point) => sum + (point.distanceUm - distanceMean) * (point.amplitude - amplitudeMean), 0) / own;
  const predicted = points.map(({ distanceUm }) => amplitudeMean + slope * (distanceUm - distanceMean));
  return { decay: -slope, fit: determination(points, predicted) };
}

function determination(points: readonly DecayPoint[], predicted: readonly number[]): number {
  const mean = points.reduce((sum, { amplitude }) => sum + amplitude, 0) / points.length;
  const left = points.reduce((sum, { amplitude }, at) => sum + (amplitude - predicted[at]) ** 2, 0);
  const all = points.reduce((sum, { amplitude }) => sum + (amplitude - mean) ** 2, 0);
  if (points.length < 2) return Number.NaN;
  return all === 0 ? (left === 0 ? 1 : 0) : 1 - left / all;
}

/** The median of the slopes of all pairs (Theil–Sen), and how well it fits. */
function robustLine(x: readonly number[], y: readonly number[]): { slope: number; fit: number } {
  const tiny = 1e-12;
  const slopes: number[] = [];
  for (let first = 0; first < x.length; first += 1) {
    for (let second = first + 1; second < x.length; second += 1) {
      if (Math.abs(x[second] - x[first]) > tiny) slopes.push((y[second] - y[first]) / (x[second] - x[first]));
    }
  }
  if (slopes.length === 0) return { slope: Number.NaN, fit: Number.NEGATIVE_INFINITY };
  const slope = medianInPlace(Float64Array.from(slopes));
  const offset = medianInPlace(Float64Array.from(y, (value, at) => value - slope * x[at]));
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const left = y.reduce((sum, value, at) => sum + (value - (slope * x[at] + offset)) ** 2, 0);
  const all = y.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { slope, fit: 1 - left / (all + tiny) };
}

/**
 * Least and largest values that a Gaussian filter (SciPy's `gaussian_filter1d`: four standard deviations, mirrored at the ends)
 * may give for values sorted by level, each level in any order. A deviation of 0 leaves them as they are.
 */
function smoothedBounds(levels: readonly (readonly number[])[], deviation: number): { low: number[][]; high: number[][] } {
  if (deviation === 0) return { low: levels.map((level) => [...level]), high: levels.map((level) => [...level]) };
  if (!Number.isFinite(deviation)) throw new Unmeasurable('channels have one depth only');
  const reach = Math.trunc(4 * deviation + 0.5);
  const shape = Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp((-0.5 / (deviation * deviation)) * (at - reach) ** 2));
  const total = shape.reduce((sum, weight) => sum + weight, 0);
  const count = levels.reduce((sum, level) => sum + level.length, 0);
  const period = 2 * count;
  const rising = levels.map((level) => [...level].sort((a, b) => a - b));
  const boundsAt = (place: number) => {
    const weights = new Float64Array(count);
    for (const [shift, weight] of shape.entries()) {
      const within = (((place + shift - reach) % period) + period) % period;
      weights[within < count ? within : period - 1 - within] += weight / total;
    }
    let start = 0;
    let [low, high] = [0, 0];
    for (const level of rising) {
      // The largest sum pairs the largest values with the largest weights, the least one with the smallest.
      const own = weights.slice(start, start + level.length).sort();
      for (const [at, value] of level.entries()) {
        high += value * own[at];
        low += value * own[own.length - 1 - at];
      }
      start += level.length;
    }
    return { low, high };
  };
  let place = 0;
  const bounds = levels.map((level) => level.map(() => boundsAt(place++)));
  return { low: bounds.map((level) => level.map(({ low }) => low)), high: bounds.map((level) => level.map(({ high }) => high)) };
}

function heightOf(signal: FloatArray): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of signal) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return signal instanceof Float32Array ? Math.fround(high - low) : high - low;
}

function furthestOf(signal: FloatArray): number {
  let most = 0;
  for (const value of signal) most = Math.max(most, Math.abs(value));
  return most;
}

function indexOfLowest(signal: FloatArray): number {
  let lowest = 0;
  for (let sample = 1; sample < signal.length; sample += 1) if (signal[sample] < signal[lowest]) lowest = sample;
  return lowest;
}

function distance(a: readonly [number, number], b: readonly [number, number]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
