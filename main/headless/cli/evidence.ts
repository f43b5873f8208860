import { numberById } from '../../../app/evidence/registry.ts';
import { groupLabels } from '../../core/group-labels.ts';
import { measureGroup } from '../../core/judging/group-numbers.ts';
import type { CommandContext, CommandResult } from './command.ts';
import { chosenGroups, type GroupOptions } from './group-choice.ts';
import { withView } from './open-view.ts';

export interface EvidenceOptions extends GroupOptions {
  readonly only?: readonly string[];
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
      groups.push({ units, values: await measureGroup(view, units, groupLabels(units.length), { signal, only: options.only }) });
    }
    const lines = groups.map(({ units, values }) => {
      const said = Object.entries(values).map(([name, value]) => `${name}=${value === null ? '–' : Number(value.toPrecision(6))}`);
      return `${units.map((unit) => JSON.stringify(unit)).join(' ')}: ${said.join(' ')}`;
    });
    return { json: { groups, ms: performance.now() - begin }, text: `${lines.join('\n')}\n` };
  });
}
