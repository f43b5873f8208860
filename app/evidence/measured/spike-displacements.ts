import { unitTrains } from '../../analyzer/compute/unit-trains.ts';
import { perUnit } from '../per-unit.ts';
import { probeMotion } from './probe-motion.ts';
import { median } from './unit-amplitudes.ts';
import { unitSpikeLocations } from './unit-spike-locations.ts';

const sampledTimes = 120;
/** Where the tissue moves less than this (standard deviation), all times were seen from the same place. */
export const leastSpreadUm = 1;

interface UnitDisplacement {
  /** How far the tissue around the unit had moved along y at a time (samples, segments laid end to end), in µm. */
  at(timeSamples: number): number;
  /** Mean over the spikes of the unit, in µm. */
  readonly meanUm: number;
  /** Standard deviation over the recording, in µm. */
  readonly spreadUm: number;
}

/** The motion at the depth of one unit; `undefined` for a unit without positions. */
export const unitDisplacement = perUnit(async (view, unit, options): Promise<UnitDisplacement | undefined> => {
  const { displacementUm } = await probeMotion(view, options);
  const { yUm, timeSamples } = await unitSpikeLocations(view, unit, options);
  if (yUm.length === 0) return undefined;
  const depth = median(yUm);
  const at = (time: number) => displacementUm(time, depth);
  const { totalSamples } = await unitTrains(view, options);
  const along = Array.from({ length: sampledTimes }, (_, place) => at(((place + 0.5) * totalSamples) / sampledTimes));
  const middle = along.reduce((sum, value) => sum + value, 0) / sampledTimes;
  const spreadUm = Math.sqrt(along.reduce((sum, value) => sum + (value - middle) ** 2, 0) / sampledTimes);
  return { at, spreadUm, meanUm: timeSamples.reduce((sum, time) => sum + at(time), 0) / timeSamples.length };
});
