import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import { ifMerged } from '../../../app/evidence/if-merged.ts';
import { numberById } from '../../../app/evidence/registry.ts';
import { groupLabels } from '../../core/group-labels.ts';
import { measureGroup } from '../../core/judging/group-numbers.ts';
import type { CommandContext, CommandResult } from './command.ts';
import { chosenGroups, type GroupOptions } from './group-choice.ts';
import { withView } from './open-view.ts';

export interface EvidenceOptions extends GroupOptions {
  readonly only?: readonly string[];
  /** Also what merging each group would make, with this `censor_ms`. */
  readonly ifMerged?: number;
}

/** The numbers of `group.ifMerged`, without its curves. */
async function previewOf(view: AnalyzerView, units: readonly UnitId[], censorMs: number, signal: AbortSignal) {
  const positions = units.map((unit) => view.indexOf(unit));
  const { before, after, duplicateCount, channels } = await ifMerged(view, positions, { censorMs, signal });
  return { censorMs, before, after, duplicateCount, channels };
}

/** Numbers per group; for three or more units each name begins with the letters of its pair ("A-B."). */
export function evidence(path: string, options: EvidenceOptions, context: CommandContext): Promise<CommandResult> {
  const { signal, terminal } = context;
  for (const id of options.only ?? []) numberById(id);
  return withView(path, context, async (view) => {
    const begin = performance.now();
    const chosen = await chosenGroups(view, options, context);
    const groups = [];
    for (const [index, units] of chosen.entries()) {
      terminal.progress.show(index, chosen.length, 'groups measured');
      const values = await measureGroup(view, units, groupLabels(units.length), { signal, only: options.only });
      const preview = options.ifMerged === undefined ? undefined : await previewOf(view, units, options.ifMerged, signal);
      groups.push({ units, values, ...(preview ? { ifMerged: preview } : {}) });
    }
    const lines = groups.map(({ units, values, ifMerged: preview }) => {
      const said = Object.entries(values).map(([name, value]) => `${name}=${value === null ? '–' : Number(value.toPrecision(6))}`);
      if (preview) {
        const { after, duplicateCount, channels } = preview;
        said.push(`merged: ${after.spikeCount} spikes, ${after.violations} violations, contamination ${after.contamination ?? '–'}`);
        said.push(`${duplicateCount} duplicates dropped, ${channels.common} of ${channels.together} channels in common`);
      }
      return `${units.map((unit) => JSON.stringify(unit)).join(' ')}: ${said.join(' ')}`;
    });
    return { json: { groups, ms: performance.now() - begin }, text: `${lines.join('\n')}\n` };
  });
}
