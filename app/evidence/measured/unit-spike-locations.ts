import { eachSpike, spikeCountOf, unitTrains } from '../../analyzer/compute/unit-trains.ts';
import { perUnit } from '../per-unit.ts';

export interface UnitSpikeLocations {
  /** µm, in time order. */
  readonly xUm: Float64Array;
  readonly yUm: Float64Array;
  /** In samples, segments laid end to end. */
  readonly timeSamples: Float64Array;
}

/** One unit's spike positions in time order; spikes without a position are left out. */
export const unitSpikeLocations = perUnit(async (view, unit, options): Promise<UnitSpikeLocations> => {
  const trains = await unitTrains(view, options);
  const { xUm, yUm } = await view.extension('spike_locations', options);
  const count = spikeCountOf(trains, unit);
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  const timeSamples = new Float64Array(count);
  let kept = 0;
  eachSpike(trains, unit, (row, time) => {
    if (!(Number.isFinite(xUm[row]) && Number.isFinite(yUm[row]))) return;
    x[kept] = xUm[row];
    y[kept] = yUm[row];
    timeSamples[kept] = time;
    kept += 1;
  });
  return { xUm: x.subarray(0, kept), yUm: y.subarray(0, kept), timeSamples: timeSamples.subarray(0, kept) };
});
