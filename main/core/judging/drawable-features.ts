import type { ReadOptions } from '../../../app/analyzer/source.ts';
import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import { isFailure } from '../../../app/failure.ts';
import type { PlotFeature } from '../../../app/plots/feature.ts';
import { groupLabels } from '../group-labels.ts';

/**
 * The features that can be drawn of just this group. One that the analyzer lacks data for, or that has nothing to compare
 * in it (units without a common channel), is left out; any other failure is thrown.
 */
export async function drawableFeatures(
  view: AnalyzerView,
  units: readonly UnitId[],
  features: readonly PlotFeature[],
  options: ReadOptions = {},
): Promise<readonly PlotFeature[]> {
  const group = { units: units.map((unit) => view.indexOf(unit)), labels: groupLabels(units.length) };
  const drawable: PlotFeature[] = [];
  for (const feature of features) {
    if (!feature.needs.every((extension) => view.has(extension))) continue;
    try {
      await feature.load(view, group, options);
      drawable.push(feature);
    } catch (error) {
      if (!isFailure(error, 'input.invalid', 'analyzer.missingExtension')) throw error;
    }
  }
  return drawable;
}
