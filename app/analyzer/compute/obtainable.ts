import type { AnalyzerView } from '../view.ts';

/** What Samecell computes where it is missing, and from what. */
const computedFrom: Readonly<Record<string, readonly string[]>> = {
  templates: ['waveforms'],
  template_similarity: ['templates'],
  unit_locations: ['templates'],
  correlograms: [],
};

/** True where an extension is stored, or can be computed here from what is. */
export function isObtainable(view: AnalyzerView, extension: string): boolean {
  if (view.has(extension)) return true;
  if (extension === 'unit_locations' && view.channelPositionsUm.length === 0) return false;
  return Object.hasOwn(computedFrom, extension) && computedFrom[extension].every((needed) => isObtainable(view, needed));
}
