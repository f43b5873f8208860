import type { Command } from './command.ts';

/** Every command, in menu order. The window has one `renderer/commands/<id>.ts` for each. */
export const commands = [
  { id: 'analyzer.open', title: 'Open Analyzer…', when: 'always', menu: 'file', key: 'Mod+O' },
  { id: 'demo.open', title: 'Open the Demo', when: 'always', menu: 'file' },
  { id: 'screen.start', title: 'Start', when: 'always', menu: 'file', separated: true, key: 'Mod+Shift+O' },
  { id: 'screen.history', title: 'History', when: 'always', menu: 'file', key: 'Mod+Y' },
  { id: 'apply.open', title: 'Apply Merges…', when: 'session', menu: 'file', separated: true, key: 'Mod+E' },
  { id: 'screen.settings', title: 'Settings…', when: 'always', menu: 'file', separated: true, key: 'Mod+,' },

  { id: 'review.undo', title: 'Undo Decision', when: 'session', menu: 'edit', key: 'Mod+Z' },
  { id: 'review.redo', title: 'Redo Decision', when: 'session', menu: 'edit', key: 'Mod+Shift+Z' },

  { id: 'screen.overview', title: 'Overview', when: 'session', menu: 'view' },
  { id: 'screen.candidates', title: 'Candidates', when: 'session', menu: 'view', key: 'Mod+1' },
  { id: 'screen.batch', title: 'Judge', when: 'session', menu: 'view', key: 'Mod+2' },
  { id: 'screen.review', title: 'Review', when: 'session', menu: 'view', key: 'Mod+3' },
  { id: 'screen.results', title: 'Results', when: 'session', menu: 'view', key: 'Mod+4' },
  { id: 'screen.library', title: 'Library', when: 'always', menu: 'view', key: 'Mod+5' },
  { id: 'palette.open', title: 'Find a Command…', when: 'always', menu: 'view', separated: true, key: 'Mod+K' },

  { id: 'review.same', title: 'Same Cell', when: 'group', menu: 'review', review: true },
  { id: 'review.different', title: 'Different Cells', when: 'group', menu: 'review', review: true },
  { id: 'review.unsure', title: 'Unsure', when: 'group', menu: 'review', review: true },
  { id: 'review.next', title: 'Next Group', when: 'group', menu: 'review', separated: true, review: true },
  { id: 'review.previous', title: 'Previous Group', when: 'group', menu: 'review', review: true },
  { id: 'review.note', title: 'Write a Note', when: 'group', menu: 'review', separated: true, review: true },
  { id: 'example.good', title: 'Keep as Good Merge Example…', when: 'group', menu: 'review', review: true },
  { id: 'example.bad', title: 'Keep as Bad Merge Example…', when: 'group', menu: 'review', review: true },
  { id: 'judge.group', title: 'Judge This Group', when: 'group', menu: 'review', separated: true, review: true },

  { id: 'help.keys', title: 'Keyboard Shortcuts', when: 'always', menu: 'help', key: 'F1' },
  { id: 'help.log', title: 'Show Log File', when: 'always', menu: 'help', separated: true },
  { id: 'help.spikeinterface', title: 'SpikeInterface Documentation', when: 'always', menu: 'help' },
] as const satisfies readonly Command[];

export type CommandId = (typeof commands)[number]['id'];
export type ReviewCommandId = Extract<(typeof commands)[number], { review: true }>['id'];

const byId = new Map<string, Command>(commands.map((command) => [command.id, command]));
if (byId.size !== commands.length) throw new Error('Two commands share an id.');

export function commandById(id: string): Command | undefined {
  return byId.get(id);
}

/** True for commands whose keys belong to a text field while one has the focus: letters, arrows, and its own undo. */
export function yieldsToField(command: Command): boolean {
  return command.review === true || command.id === 'review.undo' || command.id === 'review.redo';
}
