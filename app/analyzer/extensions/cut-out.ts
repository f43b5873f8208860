import { Failure } from '../../failure.ts';
import type { StoredExtension } from '../stored-analyzer.ts';
import { numberParam } from './read-array.ts';

export interface CutOut {
  readonly beforeCount: number;
  readonly msBefore: number;
  readonly msAfter: number;
}

/**
 * Where the spike sample lies in waveforms or templates of `sampleCount` samples. SpikeInterface rounds milliseconds to
 * samples half to even; before 0.103 it cut them off, which shows in the sample count.
 */
export function cutOutOf(
  stored: Pick<StoredExtension, 'name' | 'fileOf'> & { readonly params: Readonly<Record<string, unknown>> },
  sampleCount: number,
  samplingFrequencyHz: number,
): CutOut {
  const perMs = samplingFrequencyHz / 1000;
  const msBefore = numberParam(stored, 'ms_before') ?? (numberParam(stored, 'nbefore') ?? Number.NaN) / perMs;
  const msAfter = numberParam(stored, 'ms_after') ?? (numberParam(stored, 'nafter') ?? Number.NaN) / perMs;
  const rounded = roundHalfEven(msBefore * perMs);
  const cut = Math.trunc(msBefore * perMs);
  const wasCut = rounded + roundHalfEven(msAfter * perMs) !== sampleCount && cut + Math.trunc(msAfter * perMs) === sampleCount;
  const beforeCount = wasCut ? cut : rounded;
  if (!(beforeCount >= 0 && beforeCount <= sampleCount)) {
    const file = stored.fileOf('params').replace(/params\.\w+$/, 'params');
    throw new Failure('analyzer.damaged', `${file} has no usable ms_before and ms_after. Compute ${stored.name} again.`, {
      file,
      extension: stored.name,
    });
  }
  return { beforeCount, msBefore, msAfter };
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
