import { perViewAndKey } from '../../analyzer/compute/per-view.ts';
import { unitTrains } from '../../analyzer/compute/unit-trains.ts';
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
    const x: number[] = [];
    const y: number[] = [];
    const timeSamples: number[] = [];
    let offset = 0;
    for (let segment = 0; segment < trains.segmentCount; segment += 1) {
      const place = unit * trains.segmentCount + segment;
      for (let entry = trains.bounds[place]; entry < trains.bounds[place + 1]; entry += 1) {
        const row = trains.rows[entry];
        if (!(Number.isFinite(xUm[row]) && Number.isFinite(yUm[row]))) continue;
        x.push(xUm[row]);
        y.push(yUm[row]);
        timeSamples.push(trains.samples[entry] + offset);
      }
      offset += trains.segmentSampleCounts[segment];
    }
    return { xUm: Float64Array.from(x), yUm: Float64Array.from(y), timeSamples: Float64Array.from(timeSamples) };
  },
  keptUnits,
);
