import { isObtainable } from '../analyzer/compute/obtainable.ts';
import type { AnalyzerView } from '../analyzer/view.ts';

/** Extensions a step needs that are neither stored nor computable from what is. */
export function missingForStep(view: AnalyzerView, step: { readonly id: string; readonly needs: readonly string[] }): string[] {
  if (step.id === 'snr' && view.has('quality_metrics')) return [];
  return step.needs.filter((extension) => !isObtainable(view, extension));
}
