import type { CommandContext, CommandResult } from './command.ts';
import { type GroupOptions, searchCandidates } from './group-choice.ts';
import { withView } from './open-view.ts';

/** Merge candidates. */
export function candidates(path: string, options: GroupOptions, context: CommandContext): Promise<CommandResult> {
  return withView(path, context, async (view) => {
    const found = await searchCandidates(view, options, context);
    const groups = found.groups.map((positions) => positions.map((position) => view.unitIds[position]));
    const steps = found.steps.map(({ id, in: before, out, ms }) => ({ id, in: before, out, ms }));
    const lines = [
      ...groups.map((group) => group.map((unit) => JSON.stringify(unit)).join('\t')),
      ...(groups.length === 0 ? ['No candidates. Try a larger threshold: --param template_similarity.template_diff_thresh=0.4'] : []),
    ];
    return { json: { groups, steps, ms: found.ms }, text: `${lines.join('\n')}\n` };
  });
}
