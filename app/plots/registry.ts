import { Failure } from '../failure.ts';
import type { PlotFeature } from './feature.ts';
import { amplitudePlot } from './features/amplitude-plot.ts';
import { crosscorrelograms } from './features/crosscorrelograms.ts';
import { densityPca } from './features/density-pca.ts';
import { isiMerged } from './features/isi-merged.ts';
import { neighbourhood } from './features/neighbourhood.ts';
import { pcaClustering } from './features/pca-clustering.ts';
import { presence } from './features/presence.ts';
import { spikeLocations } from './features/spike-locations.ts';
import { templateOverlay } from './features/template-overlay.ts';
import { waveformMulti } from './features/waveform-multi.ts';
import { waveformSingle } from './features/waveform-single.ts';

/** The six of the tutorial: shown and sent where nobody chose. */
const usual = [waveformSingle, waveformMulti, amplitudePlot, crosscorrelograms, pcaClustering, spikeLocations] as const;
const all = [...usual, presence, templateOverlay, isiMerged, densityPca, neighbourhood] as const;

export const usualFeatureIds: readonly string[] = usual.map(({ id }) => id);

/** Every picture, in the order in which it is offered. */
export const plotFeatures: readonly PlotFeature[] = uniqueById(all as unknown as readonly PlotFeature[]);

/** Throws `input.invalid` that lists the known ids. */
export function featureById(id: string): PlotFeature {
  const feature = plotFeatures.find((candidate) => candidate.id === id);
  if (feature) return feature;
  const known = plotFeatures.map((candidate) => candidate.id);
  throw new Failure('input.invalid', `There is no picture "${id}". Known: ${known.join(', ')}.`, { feature: id, known });
}

/** The features as given; throws where two share an id. */
export function uniqueById(features: readonly PlotFeature[]): readonly PlotFeature[] {
  const seen = new Set<string>();
  for (const { id } of features) {
    if (seen.has(id)) throw new Failure('bug', `Two pictures are called "${id}".`, { feature: id });
    seen.add(id);
  }
  return features;
}
