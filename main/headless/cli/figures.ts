import { resolve } from 'node:path';
import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import { featureById, plotFeatures } from '../../../app/plots/registry.ts';
import { createDrawer } from '../../core/draw/drawer.ts';
import { groupLabels } from '../../core/group-labels.ts';
import type { CommandContext, CommandResult } from './command.ts';
import { chosenGroups, type GroupOptions } from './group-choice.ts';
import { withView } from './open-view.ts';
import { writePictures } from './picture-files.ts';

export interface FiguresOptions extends GroupOptions {
  readonly features?: readonly string[];
  readonly out: string;
}

/** The pictures a model would get, as files. */
export function figures(path: string, options: FiguresOptions, context: CommandContext): Promise<CommandResult> {
  return withView(path, context, async (view) => {
    const begin = performance.now();
    const features = chosenFeatures(view, options.features);
    const groups = await chosenGroups(view, options, context);
    const drawer = createDrawer({});
    try {
      const draw = async (units: readonly UnitId[], feature: string, signal: AbortSignal) => {
        const group = { units: units.map((unit) => view.indexOf(unit)), labels: groupLabels(units.length) };
        return drawer.draw(feature, await featureById(feature).load(view, group, { signal }), { signal });
      };
      const { files, leftOut } = await writePictures(groups, features, resolve(options.out), context, draw);
      const text = files.map(({ file }) => `${file}\n`).join('');
      return { json: { figures: files, leftOut, ms: performance.now() - begin }, text };
    } finally {
      await drawer.close();
    }
  });
}

/** The named features, or all that can be drawn. Throws `input.invalid`, `analyzer.missingExtension`. */
export function chosenFeatures(view: AnalyzerView, ids: readonly string[] | undefined): string[] {
  if (ids === undefined) return plotFeatures.filter(({ needs }) => needs.every((id) => view.has(id))).map(({ id }) => id);
  for (const id of ids) {
    // Says how to compute what is missing.
    for (const extension of featureById(id).needs) view.params(extension);
  }
  return [...ids];
}
