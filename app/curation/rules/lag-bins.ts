import { Failure } from '../../failure.ts';

/** Bins in samples, as SpikeInterface makes them. */
export interface LagBins {
  readonly binSamples: number;
  /** Largest lag in samples: a whole number of bins. */
  readonly windowSamples: number;
}

/** `window_ms` and `bin_ms` in samples; `share` is 0.5 for correlograms (both sides of zero) and 1 for intervals. */
export function lagBins(params: Readonly<Record<string, unknown>>, samplingFrequencyHz: number, share: number): LagBins {
  const binSamples = roundHalfEven(samplingFrequencyHz * milliseconds(params, 'bin_ms') * 1e-3);
  const wanted = roundHalfEven(samplingFrequencyHz * milliseconds(params, 'window_ms') * share * 1e-3);
  const windowSamples = wanted - (wanted % binSamples);
  if (!(binSamples >= 1 && windowSamples >= binSamples)) {
    throw new Failure(
      'analyzer.damaged',
      `bin_ms ${String(params['bin_ms'])} and window_ms ${String(params['window_ms'])} leave no bin. Recompute the extension.`,
    );
  }
  return { binSamples, windowSamples };
}

/** Edges in ms from `first` bins on. */
export function edgesMs(bins: LagBins, first: number, count: number, samplingFrequencyHz: number): Float64Array {
  return Float64Array.from({ length: count + 1 }, (_, edge) => ((first + edge) * bins.binSamples * 1e3) / samplingFrequencyHz);
}

function milliseconds(params: Readonly<Record<string, unknown>>, name: string): number {
  const value = params[name];
  if (typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new Failure('analyzer.damaged', `params.json has no usable ${name}. Recompute the extension.`, { field: name });
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
