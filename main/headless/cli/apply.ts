import { basename, dirname, join, resolve } from 'node:path';
import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import type { AnalyzerForm } from '../../../app/analyzer/writing/analyzer-writer.ts';
import { type Curation, readCurationJson } from '../../../app/curation/curation-json.ts';
import { readCurationReview } from '../../../app/curation/curation-review.ts';
import { parseGroupsFile } from '../../../app/curation/groups-file.ts';
import { joinSharedGroups } from '../../../app/curation/merge-graph.ts';
import type { NewIdStrategy } from '../../../app/curation/new-unit-ids.ts';
import { Failure } from '../../../app/failure.ts';
import { type Output, type OutputChoice, writeOutput } from '../../core/applying/write-output.ts';
import { sha256 } from '../../core/files/sha256.ts';
import type { CommandContext, CommandResult } from './command.ts';
import { readText } from './group-choice.ts';
import { analyzerFolder, withView } from './open-view.ts';

/** How merging is done, in `apply` and `run`. */
export interface MergeFlags {
  readonly format?: AnalyzerForm;
  readonly sparsityOverlap?: number;
  readonly newIdStrategy?: NewIdStrategy;
  readonly censorMs?: number;
  /** A folder for phy beside the analyzer's own files. */
  readonly phy?: boolean;
}

export interface ApplyOptions extends MergeFlags {
  readonly merges: string;
  readonly out: string;
}

interface WantedMerge {
  readonly units: readonly UnitId[];
  readonly newUnitId?: UnitId;
}

/** Writes the merged analyzer; of a folder of phy a merged folder of phy. */
export async function apply(path: string, options: ApplyOptions, context: CommandContext): Promise<CommandResult> {
  const { signal, terminal } = context;
  const folder = await analyzerFolder(path);
  return withView(folder, context, async (view) => {
    const begin = performance.now();
    const { merges, found } = await wantedMerges(view, options.merges);
    const targetFolder = resolve(options.out);
    if (view.summary.format === 'phy') refuseForPhy(options);
    const output = await writeOutput({
      view,
      sourceFolder: folder,
      targetFolder,
      merges,
      write: writtenOf(view, options),
      rows: [],
      found,
      format: options.format,
      sparsityOverlap: options.sparsityOverlap,
      newIdStrategy: options.newIdStrategy,
      censorMs: options.censorMs,
      signal,
      progress: (done, total, what) => terminal.progress.show(done, total, what),
    });
    for (const note of output.notes) terminal.note(note);
    const ms = performance.now() - begin;
    const text = `${output.folder}: ${output.unitIds.length} units, ${output.merged.length} merged\n`;
    return { json: { ...appliedJson(output), ms }, text };
  });
}

/** What is written of an analyzer and of a folder of phy. */
export function writtenOf(view: AnalyzerView, { phy }: MergeFlags): OutputChoice {
  const isPhy = view.summary.format === 'phy';
  return { analyzer: true, resultsCsv: false, curationJson: true, phyFolder: phy, applyScript: !isPhy };
}

/** A folder of phy has one form and no sparsity of units, and phy numbers merged clusters itself; throws `usage`. */
export function refuseForPhy({ format, sparsityOverlap, newIdStrategy, censorMs }: MergeFlags): void {
  const changed = [
    ['--format', format !== undefined && format !== 'binary_folder'],
    ['--sparsity-overlap', (sparsityOverlap ?? 0) !== 0],
    ['--new-id-strategy', newIdStrategy !== undefined && newIdStrategy !== 'append'],
    ['--censor-ms', (censorMs ?? 0) !== 0],
  ] as const;
  const [option] = changed.find(([, isChanged]) => isChanged) ?? [];
  if (option !== undefined)
    throw new Failure('usage', `${option} has no meaning for a folder of phy, which is merged as phy does it. Leave it out.`, { option });
}

/** The written analyzer as `--json` shows it. */
export function appliedJson(output: Output) {
  return {
    unitIds: output.unitIds,
    merged: Object.fromEntries(output.merged.map(({ newUnitId, units }) => [String(newUnitId), units])),
    path: output.folder,
    dropped: output.dropped,
  };
}

interface Wanted {
  readonly merges: readonly WantedMerge[];
  /** The curation file they come from; its labels, removals and splits are passed on. */
  readonly found?: Curation;
}

/**
 * Groups of a file in its order, those that share a unit joined; a curation file of SpikeInterface keeps its groups and new ids; of phy's
 * review those that were accepted, with the curation file beside it.
 */
async function wantedMerges(view: AnalyzerView, path: string): Promise<Wanted> {
  const text = await readText(path);
  const name = basename(path);
  if (/"reviews"/.test(text) && /"format_version"/.test(text)) return reviewedMerges(view, path, text);
  if (/"format_version"/.test(text)) {
    const found = readCurationJson(text, name);
    const { merges } = found;
    if (merges.length === 0) throw new Failure('input.invalid', `The curation file ${name} holds no merges.`, { file: path });
    return { merges: merges.map(({ units, newUnitId }) => (newUnitId === undefined ? { units } : { units, newUnitId })), found };
  }
  return { merges: joinSharedGroups(view.unitIds, parseGroupsFile(text, name, view.unitIds)).map((units) => ({ units })) };
}

async function reviewedMerges(view: AnalyzerView, path: string, text: string): Promise<Wanted> {
  const curationPath = join(dirname(path), 'curation.json');
  const found = readCurationJson(await readText(curationPath), basename(curationPath), { proposals: true });
  const { proposals, orphanedMerges } = readCurationReview(text, basename(path), found.merges, (words) =>
    sha256([new TextEncoder().encode(words)]),
  );
  const accepted = proposals.filter(({ decision }) => decision === 'accepted').map(({ units, appliedUnits }) => appliedUnits ?? units);
  const groups = [...accepted, ...orphanedMerges].map((group) => group.map((id) => sameTypeId(view, id)));
  if (groups.length === 0) throw new Failure('input.invalid', `${basename(path)} accepts no merge.`, { file: path });
  return { merges: joinSharedGroups(view.unitIds, groups).map((units) => ({ units })), found };
}

/** phy knows numbers only; the analyzer may write the same id as text. */
function sameTypeId(view: AnalyzerView, id: UnitId): UnitId {
  return view.unitIds.find((known) => known === id) ?? view.unitIds.find((known) => String(known) === String(id)) ?? id;
}
