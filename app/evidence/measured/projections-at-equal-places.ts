import { segmentStarts } from '../../analyzer/compute/unit-trains.ts';
import { perPair } from '../per-pair.ts';
import { type CommonProjections, commonProjections } from './projections.ts';
import { comparedAtEqual } from './projections-at-equal-times.ts';
import { leastSpreadUm, unitDisplacement } from './spike-displacements.ts';

const stepUm = 4;

/**
 * Common projections freed of what the motion of the tissue does: as at equal times, but in steps of 4 µm of displacement
 * instead of stretches of time; for units never seen at the same place, the 40 rows of each that were seen nearest to the other. `undefined` where nothing moves.
 */
export const projectionsAtEqualPlaces = perPair(async (view, pair, options): Promise<CommonProjections | undefined> => {
  const clouds = await commonProjections(view, pair, options);
  if (!clouds) return undefined;
  const spikes = await view.spikes(options);
  const starts = segmentStarts(view.segmentSampleCounts);
  const places = async (unit: number, rows: Int32Array): Promise<number[] | undefined> => {
    const displacement = await unitDisplacement(view, unit, options);
    if (!displacement || displacement.spreadUm < leastSpreadUm) return undefined;
    return Array.from(rows, (row) => displacement.at(starts[spikes.segmentIndex[row]] + spikes.sampleIndex[row]) / stepUm);
  };
  const first = await places(pair.first, clouds.firstSpikes);
  const second = await places(pair.second, clouds.secondSpikes);
  return first && second ? comparedAtEqual(clouds, first, second) : undefined;
});
