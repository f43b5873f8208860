import { join } from 'node:path';
import type { UnitId } from '../../../app/analyzer/view.ts';
import { mergePlan } from '../../../app/curation/plan.ts';
import { decidedGroups } from '../../core/applying/decided-groups.ts';
import { type Output, outputFolder, writeOutput } from '../../core/applying/write-output.ts';
import { appliedJson, type MergeFlags, refuseForPhy, writtenOf } from './apply.ts';
import type { CommandContext, CommandResult } from './command.ts';
import { chosenFeatures } from './figures.ts';
import { judgedText } from './judge.ts';
import { type Judged, type JudgeOptions, judgedRun, nothingJudged } from './judged-run.ts';
import { writePictures } from './picture-files.ts';
import { writeRunFile } from './run-file.ts';

export interface RunOptions extends JudgeOptions, MergeFlags {}

/** Candidates, pictures, verdicts and the merged analyzer of the accepted ones, all in one folder. */
export function run(path: string, options: RunOptions, context: CommandContext): Promise<CommandResult> {
  const begin = performance.now();
  let figureCount = 0;
  return judgedRun(path, options, context, {
    nothing: () => {
      const applied = { merged: {}, path: null, dropped: [], conflicts: [] };
      return { json: { groups: 0, figures: 0, ...nothingJudged, ...applied, ms: performance.now() - begin }, text: 'Nothing to merge.\n' };
    },
    before: async (core, view, groups, outFolder) => {
      if (view.summary.format === 'phy') refuseForPhy(options);
      const draw = (units: readonly UnitId[], feature: string, signal: AbortSignal) => core.pictures.of(view, units, feature, { signal });
      const features = chosenFeatures(view, options.features);
      const { files } = await writePictures(groups, features, join(outFolder, 'figures'), context, draw);
      figureCount = files.length;
    },
    after: async (judged) => {
      const { verdicts, failures, skipped, counts, costUsd, endedEarly, exitCode } = judged;
      const summary = {
        groups: verdicts.length + failures.length + skipped.length,
        figures: figureCount,
        verdicts,
        failures,
        skipped,
        counts,
        costUsd,
      };
      if (endedEarly) return { json: summary, text: judgedText(judged), exitCode, failure: endedEarly };
      const applied = await applyVerdicts(judged, options, context);
      const json = { ...summary, ...applied, ms: performance.now() - begin };
      const conflicts = applied.conflicts.map((units) => `left apart, a pair was refused: ${units.join(' + ')}\n`).join('');
      const written =
        applied.path === null
          ? 'Nothing to merge.\n'
          : `${applied.path}: ${applied.unitIds.length} units, ${Object.keys(applied.merged).length} merged\n`;
      return { json, text: `${judgedText(judged)}${conflicts}${written}`, exitCode };
    },
  });
}

interface Applied {
  readonly unitIds: readonly UnitId[];
  readonly merged: Readonly<Record<string, readonly UnitId[]>>;
  readonly path: string | null;
  readonly dropped: Output['dropped'];
  /** Joined only through a refused pair: they stay apart. */
  readonly conflicts: readonly (readonly UnitId[])[];
}

async function applyVerdicts(judged: Judged, options: MergeFlags, { signal, terminal }: CommandContext): Promise<Applied> {
  const { core, view, folder, outFolder, runFile } = judged;
  const { sessionId } = runFile;
  // Conflicts are left apart here: nobody is there to be asked.
  const { newIdStrategy, sparsityOverlap, censorMs, format } = options;
  const { merges, conflicts } = mergePlan(view.unitIds, decidedGroups(core, sessionId), { source: 'verdicts', newIdStrategy });
  const apart = conflicts.map(({ units }) => units);
  const targetFolder = outputFolder(join(outFolder, 'analyzer'), format ?? 'binary_folder');
  if (merges.length === 0) return { unitIds: view.unitIds, merged: {}, path: null, dropped: [], conflicts: apart };
  const groups = merges.map(({ units }) => units);
  if (runFile.applied !== undefined && JSON.stringify(runFile.applied) === JSON.stringify(groups)) {
    const merged = Object.fromEntries(merges.map(({ newUnitId, units }) => [String(newUnitId), units]));
    const gone = new Set(groups.flat());
    const unitIds = [...view.unitIds.filter((id) => !gone.has(id)), ...merges.map(({ newUnitId }) => newUnitId)];
    return { unitIds, merged, path: targetFolder, dropped: [], conflicts: apart };
  }
  const output = await writeOutput({
    view,
    sourceFolder: folder,
    targetFolder,
    merges,
    write: writtenOf(view, options),
    rows: [],
    format,
    sparsityOverlap,
    censorMs,
    signal,
    progress: (done, total, what) => terminal.progress.show(done, total, what),
  });
  for (const note of output.notes) terminal.note(note);
  core.tables.atOnce(() => {
    const { files, merged, unitIds } = output;
    core.tables.appliedOutputs.add({ sessionId, source: 'verdicts', path: targetFolder, files, merged, unitCount: unitIds.length });
    core.tables.sessions.touch(sessionId);
  });
  await writeRunFile(outFolder, { ...runFile, applied: groups });
  return { ...appliedJson(output), conflicts: apart };
}
