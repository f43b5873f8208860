import type { ReadOptions } from '../../../app/analyzer/source.ts';
import type { IdentifiedAnalyzer, UnitId } from '../../../app/analyzer/view.ts';
import type { PlotFeature, SizePx } from '../../../app/plots/feature.ts';
import type { Core } from '../core.ts';
import { groupLabels } from '../group-labels.ts';
import type { Picture } from '../pictures/picture-room.ts';
import { isUndrawable } from '../pictures/undrawable.ts';

/**
 * The picture of just this group, or `undefined` where it can't be drawn: the analyzer lacks data for it, or it has nothing to
 * compare (units without a common channel). Any other failure is thrown.
 */
export async function pictureWhereDrawable(
  core: Pick<Core, 'pictures'>,
  view: IdentifiedAnalyzer,
  units: readonly UnitId[],
  feature: PlotFeature,
  options: ReadOptions & { readonly sizePx?: SizePx | undefined } = {},
): Promise<Picture | undefined> {
  if (!hasNeeds(view, feature)) return undefined;
  return whereDrawable(() => core.pictures.of(view, units, feature.id, options));
}

/** What can be drawn of just this group on one sheet, and what that is; no sheet where that is fewer than two. */
export async function sheetOfDrawable(
  core: Pick<Core, 'pictures'>,
  view: IdentifiedAnalyzer,
  units: readonly UnitId[],
  features: readonly PlotFeature[],
  boundsFor: (count: number) => SizePx,
  options: ReadOptions = {},
): Promise<{ readonly sheet: Picture | undefined; readonly drawn: readonly PlotFeature[] }> {
  const sheetOf = (some: readonly PlotFeature[]) => {
    const ids = some.map(({ id }) => id);
    return core.pictures.sheet(view, units, ids, boundsFor(ids.length), options);
  };
  const possible = features.filter((feature) => hasNeeds(view, feature));
  const whole = possible.length > 1 ? await whereDrawable(() => sheetOf(possible)) : undefined;
  if (whole) return { sheet: whole, drawn: possible };
  // Only where one of them can't be drawn is each tried by itself.
  const group = { units: units.map((unit) => view.indexOf(unit)), labels: groupLabels(units.length) };
  const drawn: PlotFeature[] = [];
  for (const feature of possible) {
    const loaded = await whereDrawable(async () => ({ data: await feature.load(view, group, options) }));
    if (loaded) drawn.push(feature);
  }
  return { sheet: drawn.length > 1 ? await sheetOf(drawn) : undefined, drawn };
}

function hasNeeds(view: IdentifiedAnalyzer, feature: PlotFeature): boolean {
  return feature.needs.every((extension) => view.has(extension));
}

async function whereDrawable<Result>(draw: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await draw();
  } catch (error) {
    if (isUndrawable(error)) return undefined;
    throw error;
  }
}
