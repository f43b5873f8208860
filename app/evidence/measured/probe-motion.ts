import { perView } from '../../analyzer/compute/per-view.ts';
import { median } from './unit-amplitudes.ts';
import { type UnitSpikeLocations, unitSpikeLocations } from './unit-spike-locations.ts';

const windowS = 5;
const fewestSpikes = 4;
const fewestUnits = 3;
const mostUnits = 400;

interface ProbeMotion {
  readonly windowSamples: number;
  /** How far the spikes of all units have moved along y since the start, per window, in µm. */
  readonly alongUm: Float64Array;
}

/**
 * How the tissue moves along the probe, from spike positions: the median step of all units from one window of 5 s to the next,
 * added up. Units are compared with themselves only, so that it does not matter which are one cell. Windows in which fewer than
 * three units fire before and after count as still. One motion for all depths.
 */
export const probeMotion = perView(async (view, options): Promise<ProbeMotion> => {
  const total = view.segmentSampleCounts.reduce((sum, count) => sum + count, 0);
  const windowCount = Math.max(1, Math.round(total / view.samplingFrequencyHz / windowS));
  const windowSamples = total / windowCount;
  const stepsOf: number[][] = Array.from({ length: windowCount }, () => []);
  const every = Math.max(1, Math.ceil(view.unitIds.length / mostUnits));
  for (let unit = 0; unit < view.unitIds.length; unit += every) {
    const means = meansPerWindow(await unitSpikeLocations(view, unit, options), windowSamples, windowCount);
    for (let window = 1; window < windowCount; window += 1) {
      const step = means[window] - means[window - 1];
      if (Number.isFinite(step)) stepsOf[window].push(step);
    }
  }
  const alongUm = new Float64Array(windowCount);
  for (let window = 1; window < windowCount; window += 1) {
    const steps = stepsOf[window];
    alongUm[window] = alongUm[window - 1] + (steps.length >= fewestUnits ? median(Float64Array.from(steps)) : 0);
  }
  return { windowSamples, alongUm };
});

function meansPerWindow(unit: UnitSpikeLocations, windowSamples: number, windowCount: number): Float64Array {
  const sums = new Float64Array(windowCount);
  const counts = new Int32Array(windowCount);
  for (const [entry, time] of unit.timeSamples.entries()) {
    const window = Math.min(windowCount - 1, Math.floor(time / windowSamples));
    sums[window] += unit.yUm[entry];
    counts[window] += 1;
  }
  return sums.map((sum, window) => (counts[window] >= fewestSpikes ? sum / counts[window] : Number.NaN));
}
