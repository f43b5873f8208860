import { Failure } from '../../failure.ts';
import type { ReadOptions } from '../source.ts';
import type { AnalyzerView } from '../view.ts';
import { createBreather } from './breathe.ts';
import { perView } from './per-view.ts';
import { roundHalfEven } from './refractory.ts';
import { trainOf, type UnitTrains, unitTrains } from './unit-trains.ts';

export interface CorrelogramBins {
  /** Samples in a bin, and from 0 to the outer edge. */
  readonly binSamples: number;
  readonly windowSamples: number;
  readonly binCount: number;
  /** (B + 1) edges in ms. */
  readonly edgesMs: Float64Array;
}

/** Bins as SpikeInterface makes them: half the window, cut to whole bins, either side of zero. */
export function correlogramBins(windowMs: number, binMs: number, samplingFrequencyHz: number): CorrelogramBins {
  const binSamples = roundHalfEven(samplingFrequencyHz * binMs * 1e-3);
  let windowSamples = roundHalfEven(((samplingFrequencyHz * windowMs) / 2) * 1e-3);
  if (binSamples >= 1) windowSamples -= windowSamples % binSamples;
  const binCount = binSamples >= 1 ? (2 * windowSamples) / binSamples : 0;
  if (!(binCount >= 2)) {
    throw new Failure(
      'input.invalid',
      `A correlogram of ${windowMs} ms in bins of ${binMs} ms has no bin; choose a wider window or smaller bins.`,
      {
        window_ms: windowMs,
        bin_ms: binMs,
      },
    );
  }
  const edgesMs = Float64Array.from(
    { length: binCount + 1 },
    (_, edge) => ((edge * binSamples - windowSamples) * 1e3) / samplingFrequencyHz,
  );
  return { binSamples, windowSamples, binCount, edgesMs };
}

/**
 * Counts of one ordered pair (B), segments summed: for spikes a of `first` and b of `second`, a ≠ b, d = t_a − t_b with
 * −W ≤ d < W falls into bin floor(d / bin) + B/2, exactly as SpikeInterface counts.
 */
export function correlogramOfPair(trains: UnitTrains, first: number, second: number, bins: CorrelogramBins): Float64Array {
  const { binSamples, windowSamples, binCount } = bins;
  const counts = new Float64Array(binCount);
  const half = binCount / 2;
  const own = first === second;
  for (let segment = 0; segment < trains.segmentCount; segment += 1) {
    const a = trainOf(trains, first, segment);
    const b = trainOf(trains, second, segment);
    let low = 0;
    for (let place = 0; place < a.length; place += 1) {
      const time = a[place];
      while (low < b.length && b[low] <= time - windowSamples) low += 1;
      for (let other = low; other < b.length && b[other] <= time + windowSamples; other += 1) {
        if (own && other === place) continue;
        counts[Math.floor((time - b[other]) / binSamples) + half] += 1;
      }
    }
  }
  return counts;
}

/**
 * Counts of all ordered pairs (n, n, B). Unit by unit, so that the counts being added to stay near the processor: from each of its
 * spikes over those that follow. Cancellable.
 */
export async function allCorrelograms(
  view: Pick<AnalyzerView, 'spikes' | 'unitIds'>,
  bins: CorrelogramBins,
  options?: ReadOptions,
): Promise<Float64Array> {
  const { binSamples, windowSamples, binCount } = bins;
  const spikes = await view.spikes(options);
  const unitCount = view.unitIds.length;
  const half = binCount / 2;
  const { sampleIndex, segmentIndex, unitIndex, rows, offsets } = spikes;
  const binOf = Int32Array.from({ length: windowSamples + 1 }, (_, lag) => Math.floor(lag / binSamples));
  const isEdge = Uint8Array.from({ length: windowSamples + 1 }, (_, lag) => (lag % binSamples === 0 ? 1 : 0));
  const counts = new Float64Array(unitCount * unitCount * binCount);
  // Each couple of spikes is met once: by whole bins from the earlier unit to the later one, and apart from that the lags that
  // fall exactly on an edge, which belong to another bin when looked at from the later unit.
  const later = new Int32Array(unitCount * (half + 1));
  const onEdge = new Int32Array(unitCount * (half + 1));
  const breathe = createBreather(options?.signal);
  for (let unit = 0; unit < unitCount; unit += 1) {
    later.fill(0);
    onEdge.fill(0);
    for (let place = offsets[unit]; place < offsets[unit + 1]; place += 1) {
      if ((place & 8191) === 0) {
        const turn = breathe();
        if (turn) await turn;
      }
      const from = rows[place];
      const time = sampleIndex[from];
      const segment = segmentIndex[from];
      for (let to = from + 1; to < spikes.count; to += 1) {
        const lag = sampleIndex[to] - time;
        if (!(lag <= windowSamples) || segmentIndex[to] !== segment) break;
        const cell = unitIndex[to] * (half + 1) + binOf[lag];
        later[cell] += 1;
        onEdge[cell] += isEdge[lag];
      }
    }
    for (let other = 0; other < unitCount; other += 1) {
      const forward = (other * unitCount + unit) * binCount + half;
      const backward = (unit * unitCount + other) * binCount + half;
      const start = other * (half + 1);
      for (let bin = 0; bin < half; bin += 1) {
        const whole = later[start + bin];
        counts[forward + bin] += whole;
        counts[backward - 1 - bin] += whole - onEdge[start + bin] + onEdge[start + bin + 1];
      }
      counts[backward] += onEdge[start];
    }
    const turn = breathe();
    if (turn) await turn;
  }
  return counts;
}

/** Correlograms of a view, whichever way they are had. */
export interface CorrelogramRows {
  readonly binCount: number;
  readonly edgesMs: Float64Array;
  /** True where the extension is missing and counts come from the spikes, with SpikeInterface's default window and bin. */
  readonly computed: boolean;
  /** Counts of one ordered pair (B). The caller may change its copy. */
  row(first: number, second: number): Float64Array;
}

const defaultWindowMs = 50;
const defaultBinMs = 1;

/** The stored `correlograms`, else counted pair by pair when asked for (50 ms, 1 ms). */
export const correlogramsOf: (view: AnalyzerView, options?: ReadOptions) => Promise<CorrelogramRows> = perView(async (view, options) => {
  const unitCount = view.unitIds.length;
  if (view.has('correlograms')) {
    const { ccgs, edgesMs, binCount } = await view.extension('correlograms', options);
    const row = (first: number, second: number) => {
      const start = (first * unitCount + second) * binCount;
      return Float64Array.from(ccgs.subarray(start, start + binCount));
    };
    return { binCount, edgesMs, computed: false, row };
  }
  const bins = correlogramBins(defaultWindowMs, defaultBinMs, view.samplingFrequencyHz);
  const trains = await unitTrains(view, options);
  return {
    binCount: bins.binCount,
    edgesMs: bins.edgesMs,
    computed: true,
    row: (first, second) => correlogramOfPair(trains, first, second, bins),
  };
});
