import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import { Failure } from '../../../app/failure.ts';
import { featureById, plotFeatures } from '../../../app/plots/registry.ts';
import { createDrawer } from '../../core/draw/drawer.ts';
import { writeFileAtomically } from '../../core/files/write-file-atomically.ts';
import { groupLabels } from '../../core/group-labels.ts';
import type { CommandContext, CommandResult } from './command.ts';
import { chosenGroups, type GroupOptions } from './group-choice.ts';
import { withView } from './open-view.ts';

export interface FiguresOptions extends GroupOptions {
  readonly features?: readonly string[];
  readonly out: string;
}

export interface Figure {
  readonly units: readonly UnitId[];
  readonly feature: string;
  readonly file: string;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly ms: number;
}

/** The pictures a model would get, as files. */
export function figures(path: string, options: FiguresOptions, context: CommandContext): Promise<CommandResult> {
  return withView(path, context, async (view) => {
    const begin = performance.now();
    const features = chosenFeatures(view, options.features);
    const groups = await chosenGroups(view, options, context);
    const drawn = await drawFigures(view, groups, features, resolve(options.out), context);
    const text = drawn.map((figure) => `${figure.file}\n`).join('');
    return { json: { figures: drawn, ms: performance.now() - begin }, text };
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

/** Draws each feature of each group into a file of `folder`, which is made where it is missing. */
export async function drawFigures(
  view: AnalyzerView,
  groups: readonly (readonly UnitId[])[],
  features: readonly string[],
  folder: string,
  { signal, terminal }: CommandContext,
): Promise<Figure[]> {
  const drawer = createDrawer({});
  const digits = String(Math.max(1, groups.length - 1)).length;
  const total = groups.length * features.length;
  try {
    const drawn: Figure[] = [];
    for (const [index, units] of groups.entries()) {
      const group = { units: units.map((unit) => view.indexOf(unit)), labels: groupLabels(units.length) };
      for (const feature of features) {
        if (signal.aborted) throw new Failure('cancelled', 'Cancelled. The pictures that were drawn stay.');
        terminal.progress.show(drawn.length, total, feature);
        const begin = performance.now();
        const data = await featureById(feature).load(view, group, { signal });
        const { bytes, width, height } = await drawer.draw(feature, data, { signal });
        const file = join(folder, `group-${String(index).padStart(digits, '0')}-${feature}.png`);
        await writeFileAtomically(file, bytes);
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        drawn.push({ units, feature, file, sha256, width, height, bytes: bytes.byteLength, ms: performance.now() - begin });
      }
    }
    return drawn;
  } finally {
    await drawer.close();
  }
}
