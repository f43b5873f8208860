import { perViewAndKey } from '../../analyzer/compute/per-view.ts';
import { spikeCountOf, unitTrains } from '../../analyzer/compute/unit-trains.ts';
import type { ReadOptions } from '../../analyzer/source.ts';
import type { AnalyzerView } from '../../analyzer/view.ts';

const keptUnits = 64;

export interface UnitSpikeLocations {
  /** µm, in time order. */
  readonly xUm: Float64Array;
  readonly yUm: Float64Array;
  /** In samples, segments laid end to end. */
  readonly timeSamples: Float64Array;
}

/** One unit's spike positions in time order; spikes without a position are left out. */
export const unitSpikeLocations: (view: AnalyzerView, unit: number, options?: ReadOptions) => Promise<UnitSpikeLocations> = perViewAndKey(
  (unit: number) => String(unit),
  async (view, unit, options) => {
    const trains = await unitTrains(view, options);
    const { xUm, yUm } = await view.extension('spike_locations', options);
    const count = spikeCountOf(trains, unit);
    const x = new Float64Array(count);
    const y = new Float64Array(count);
    const timeSamples = new Float64Array(count);
    let kept = 0;
    let offset = 0;
    for (let segment = 0; segment < trains.segmentCount; segment += 1) {
      const place = unit * trains.segmentCount + segment;
      for (let entry = trains.bounds[place]; entry < trains.bounds[place + 1]; entry += 1) {
        const row = trains.rows[entry];
        if (!(Number.isFinite(xUm[row]) && Number.isFinite(yUm[row]))) continue;
        x[kept] = xUm[row];
        y[kept] = yUm[row];
        timeSamples[kept] = trains.samples[entry] + offset;
        kept += 1;
      }
      offset += trains.segmentSampleCounts[segment];
    }
    return { xUm: x.subarray(0, kept), yUm: y.subarray(0, kept), timeSamples: timeSamples.subarray(0, kept) };
  },
  keptUnits,
);
