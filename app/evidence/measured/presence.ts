import { eachSpike, spikeCountOf, unitTrains } from '../../analyzer/compute/unit-trains.ts';
import { perPair } from '../per-pair.ts';

/** Spike counts of both units in equal stretches of the recording (segments laid end to end). */
export interface Presence {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** Between 4 and 40 stretches: as many as leave about ten spikes of the smaller unit in each. */
export const presence = perPair(async (view, pair, options): Promise<Presence> => {
  const trains = await unitTrains(view, options);
  const smaller = Math.min(spikeCountOf(trains, pair.first), spikeCountOf(trains, pair.second));
  const stretches = Math.min(40, Math.max(4, Math.floor(smaller / 10)));
  const counts = (unit: number): Float64Array => {
    const counted = new Float64Array(stretches);
    eachSpike(trains, unit, (_, time) => {
      counted[Math.min(stretches - 1, Math.floor((time / trains.totalSamples) * stretches))] += 1;
    });
    return counted;
  };
  return { first: counts(pair.first), second: counts(pair.second) };
});
