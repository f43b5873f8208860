import { basename, resolve } from 'node:path';
import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import { readCurationJson } from '../../../app/curation/curation-json.ts';
import { parseGroupsFile } from '../../../app/curation/groups-file.ts';
import { resolveMergingGraph } from '../../../app/curation/merge-graph.ts';
import type { NewIdStrategy } from '../../../app/curation/new-unit-ids.ts';
import { Failure } from '../../../app/failure.ts';
import { type Output, writeOutput } from '../../core/applying/write-output.ts';
import type { CommandContext, CommandResult } from './command.ts';
import { readText } from './group-choice.ts';
import { withView } from './open-view.ts';

export interface ApplyOptions {
  readonly merges: string;
  readonly out: string;
  readonly sparsityOverlap?: number;
  readonly newIdStrategy?: NewIdStrategy;
  readonly censorMs?: number;
}

interface WantedMerge {
  readonly units: readonly UnitId[];
  readonly newUnitId?: UnitId;
}

/** Writes the merged analyzer. */
export function apply(path: string, options: ApplyOptions, { signal, terminal }: CommandContext): Promise<CommandResult> {
  return withView(path, signal, async (view, folder) => {
    const begin = performance.now();
    const merges = await wantedMerges(view, options.merges);
    const targetFolder = resolve(options.out);
    const output = await writeOutput({
      view,
      sourceFolder: folder,
      targetFolder,
      merges,
      write: { analyzer: true, resultsCsv: false, curationJson: false },
      rows: [],
      sparsityOverlap: options.sparsityOverlap,
      newIdStrategy: options.newIdStrategy,
      censorMs: options.censorMs,
      signal,
      progress: (done, total, what) => terminal.progress.show(done, total, what),
    });
    for (const note of output.notes) terminal.note(note);
    const ms = performance.now() - begin;
    const text = `${targetFolder}: ${output.unitIds.length} units, ${output.merged.length} merged\n`;
    return { json: { ...appliedJson(output, targetFolder), ms }, text };
  });
}

/** The written analyzer as `--json` shows it. */
export function appliedJson(output: Output, path: string) {
  return {
    unitIds: output.unitIds,
    merged: Object.fromEntries(output.merged.map(({ newUnitId, units }) => [String(newUnitId), units])),
    path,
    dropped: output.dropped,
  };
}

/** Groups of a file, those that share a unit joined; a curation file of SpikeInterface keeps its groups and new ids. */
async function wantedMerges(view: AnalyzerView, path: string): Promise<WantedMerge[]> {
  const text = await readText(path);
  const name = basename(path);
  if (/"format_version"/.test(text)) {
    const { merges } = readCurationJson(text, name);
    if (merges.length === 0) throw new Failure('input.invalid', `The curation file ${name} holds no merges.`, { file: path });
    return merges.map(({ units, newUnitId }) => (newUnitId === undefined ? { units } : { units, newUnitId }));
  }
  return resolveMergingGraph(view.unitIds, parseGroupsFile(text, name, view.unitIds)).map((units) => ({ units }));
}
