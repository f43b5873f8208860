import { amplitudeGapAtEqualPlaces } from './amplitude-gap-at-equal-places.ts';
import { amplitudeGapAtEqualTimes } from './amplitude-gap-at-equal-times.ts';
import { amplitudeOverlap } from './amplitude-overlap.ts';
import { amplitudeValley } from './amplitude-valley.ts';
import { ccgExpectedCount } from './ccg-expected-count.ts';
import { ccgObservedCount } from './ccg-observed-count.ts';
import { ccgPower } from './ccg-power.ts';
import { ccgRefractoryPValue } from './ccg-refractory-p-value.ts';
import { ccgRefractoryRatio } from './ccg-refractory-ratio.ts';
import { ccgShoulderRatio } from './ccg-shoulder-ratio.ts';
import { channelOverlap } from './channel-overlap.ts';
import { contaminationFirst } from './contamination-first.ts';
import { contaminationMerged } from './contamination-merged.ts';
import { contaminationSecond } from './contamination-second.ts';
import { correlogramDiff } from './correlogram-diff.ts';
import { crossContaminationNumber } from './cross-contamination.ts';
import { crossContaminationPValue } from './cross-contamination-p-value.ts';
import { driftCorrectedDistanceUm } from './drift-corrected-distance-um.ts';
import { duplicateShare } from './duplicate-share.ts';
import { duplicateSpikes } from './duplicate-spikes.ts';
import { locationGapAtEqualTimes } from './location-gap-at-equal-times.ts';
import type { EvidenceNumber } from './number.ts';
import { pcaDPrime } from './pca-d-prime.ts';
import { pcaDPrimeAtEqualPlaces } from './pca-d-prime-at-equal-places.ts';
import { pcaDPrimeAtEqualTimes } from './pca-d-prime-at-equal-times.ts';
import { pcaIsolation } from './pca-isolation.ts';
import { pcaNeighborMixing } from './pca-neighbor-mixing.ts';
import { peakChannelDistanceUm } from './peak-channel-distance-um.ts';
import { presenceCorrelation } from './presence-correlation.ts';
import { presenceDistanceS } from './presence-distance-s.ts';
import { presenceOverlap } from './presence-overlap.ts';
import { refractoryWindowMs } from './refractory-window-ms.ts';
import { rpViolationsFirst } from './rp-violations-first.ts';
import { rpViolationsMerged } from './rp-violations-merged.ts';
import { rpViolationsSecond } from './rp-violations-second.ts';
import { spikeCountFirst } from './spike-count-first.ts';
import { spikeCountSecond } from './spike-count-second.ts';
import { templateBestLagMs } from './template-best-lag-ms.ts';
import { templateChainDistance } from './template-chain-distance.ts';
import { templateDistanceCosine } from './template-distance-cosine.ts';
import { templateDistanceCosineBestLag } from './template-distance-cosine-best-lag.ts';
import { templateDistanceCosineMoved } from './template-distance-cosine-moved.ts';
import { templateDistanceL1 } from './template-distance-l1.ts';
import { templateDistanceL1BestLag } from './template-distance-l1-best-lag.ts';
import { templateDistanceL1Moved } from './template-distance-l1-moved.ts';
import { templateDistanceL2 } from './template-distance-l2.ts';
import { templateDistanceL2BestLag } from './template-distance-l2-best-lag.ts';
import { templateDistanceL2Moved } from './template-distance-l2-moved.ts';
import { templateNearerUnits } from './template-nearer-units.ts';
import { unitDistanceUm } from './unit-distance-um.ts';

/** Every number about a pair, in the order they are shown. */
export const evidenceNumbers = [
  spikeCountFirst,
  spikeCountSecond,
  templateDistanceL1,
  templateDistanceL1BestLag,
  templateDistanceL2,
  templateDistanceL2BestLag,
  templateDistanceCosine,
  templateDistanceCosineBestLag,
  templateBestLagMs,
  templateDistanceL1Moved,
  templateDistanceL2Moved,
  templateDistanceCosineMoved,
  templateChainDistance,
  templateNearerUnits,
  unitDistanceUm,
  driftCorrectedDistanceUm,
  peakChannelDistanceUm,
  locationGapAtEqualTimes,
  channelOverlap,
  refractoryWindowMs,
  ccgObservedCount,
  ccgExpectedCount,
  ccgPower,
  ccgRefractoryRatio,
  ccgRefractoryPValue,
  ccgShoulderRatio,
  correlogramDiff,
  crossContaminationNumber,
  crossContaminationPValue,
  duplicateSpikes,
  duplicateShare,
  amplitudeOverlap,
  amplitudeValley,
  amplitudeGapAtEqualTimes,
  amplitudeGapAtEqualPlaces,
  presenceOverlap,
  presenceCorrelation,
  presenceDistanceS,
  pcaDPrime,
  pcaDPrimeAtEqualTimes,
  pcaDPrimeAtEqualPlaces,
  pcaNeighborMixing,
  pcaIsolation,
  rpViolationsFirst,
  rpViolationsSecond,
  rpViolationsMerged,
  contaminationFirst,
  contaminationSecond,
  contaminationMerged,
] as const satisfies readonly EvidenceNumber[];

const byId = new Map<string, EvidenceNumber>();
for (const number of evidenceNumbers) {
  if (byId.has(number.id)) throw new Error(`The number ${number.id} is listed twice.`);
  byId.set(number.id, number);
}

/** The number of that id, or `undefined`. */
export function numberById(id: string): EvidenceNumber | undefined {
  return byId.get(id);
}
