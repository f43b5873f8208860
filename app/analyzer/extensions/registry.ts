import { acgs3d } from './acgs_3d.ts';
import { amplitudeScalings } from './amplitude_scalings.ts';
import { autoCorrelograms } from './auto_correlograms.ts';
import { correlograms } from './correlograms.ts';
import type { ExtensionData, ExtensionId } from './data.ts';
import type { ExtensionDefinition } from './definition.ts';
import { isiHistograms } from './isi_histograms.ts';
import { noiseLevels } from './noise_levels.ts';
import { principalComponents } from './principal_components.ts';
import { qualityMetrics } from './quality_metrics.ts';
import { randomSpikes } from './random_spikes.ts';
import { spikeAmplitudes } from './spike_amplitudes.ts';
import { spikeLocations } from './spike_locations.ts';
import { spiketrainMetrics } from './spiketrain_metrics.ts';
import { templateMetrics } from './template_metrics.ts';
import { templateSimilarity } from './template_similarity.ts';
import { templates } from './templates.ts';
import { unitLocations } from './unit_locations.ts';
import { validUnitPeriods } from './valid_unit_periods.ts';
import { waveforms } from './waveforms.ts';

/** Every extension Samecell reads, dependencies before what needs them. Any other is listed and carried along. */
export const knownExtensions = [
  randomSpikes,
  noiseLevels,
  waveforms,
  templates,
  templateSimilarity,
  unitLocations,
  spikeAmplitudes,
  spikeLocations,
  amplitudeScalings,
  principalComponents,
  correlograms,
  autoCorrelograms,
  isiHistograms,
  acgs3d,
  qualityMetrics,
  templateMetrics,
  spiketrainMetrics,
  validUnitPeriods,
] as const satisfies readonly { readonly id: ExtensionId }[];

type Definitions = { [Id in ExtensionId]: ExtensionDefinition<Id> };

const definitions = byId();

/** The definition of an extension, `undefined` where Samecell has no reader. */
export function extensionById<Id extends keyof ExtensionData>(id: Id): ExtensionDefinition<Id>;
export function extensionById(id: string): ExtensionDefinition | undefined;
export function extensionById(id: string): unknown {
  return definitions.get(id);
}

function byId(): ReadonlyMap<string, Definitions[ExtensionId]> {
  const map = new Map<string, Definitions[ExtensionId]>();
  for (const definition of knownExtensions) {
    if (map.has(definition.id)) throw new Error(`extension ${definition.id} is listed twice`);
    map.set(definition.id, definition);
  }
  return map;
}
