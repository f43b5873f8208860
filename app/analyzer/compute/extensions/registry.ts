import { autoCorrelograms } from './auto-correlograms.ts';
import type { Computation } from './computation.ts';
import { correlograms } from './correlograms.ts';
import { isiHistograms } from './isi-histograms.ts';
import { noiseLevels } from './noise-levels.ts';
import { principalComponents } from './principal-components.ts';
import { qualityMetrics } from './quality-metrics.ts';
import { randomSpikes } from './random-spikes.ts';
import { spikeAmplitudes } from './spike-amplitudes.ts';
import { spikeLocations } from './spike-locations.ts';
import { templateSimilarity } from './template-similarity.ts';
import { templates } from './templates.ts';
import { unitLocations } from './unit-locations.ts';
import { waveforms } from './waveforms.ts';

/** Every extension Samecell computes, dependencies before what needs them: the order of computing. */
export const computations: readonly Computation[] = [
  randomSpikes,
  noiseLevels,
  waveforms,
  templates,
  templateSimilarity,
  unitLocations,
  spikeAmplitudes,
  spikeLocations,
  principalComponents,
  correlograms,
  autoCorrelograms,
  isiHistograms,
  qualityMetrics,
];

const byId = new Map(computations.map((computation) => [computation.id as string, computation]));
if (byId.size !== computations.length) throw new Error('an extension is computed in two ways');

/** How an extension is computed, `undefined` where Samecell can't. */
export function computationOf(extension: string): Computation | undefined {
  return byId.get(extension);
}
