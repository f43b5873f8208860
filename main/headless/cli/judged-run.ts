import { join, resolve } from 'node:path';
import type { IdentifiedAnalyzer, UnitId } from '../../../app/analyzer/view.ts';
import type { Emit } from '../../../app/contract/events.ts';
import { unaskableKinds } from '../../../app/contract/skip.ts';
import type { VerdictWord } from '../../../app/contract/verdict.ts';
import { resultsCsv } from '../../../app/curation/results-csv.ts';
import { Failure, type FailureRecord } from '../../../app/failure.ts';
import { resultRows } from '../../core/applying/decided-groups.ts';
import type { Core } from '../../core/core.ts';
import { writeFileAtomically } from '../../core/files/write-file-atomically.ts';
import { askingParams } from '../../core/judging/asking-params.ts';
import { asksThisMachine, blindLimit, leavingSentence, limitIsBlind } from '../../core/judging/judges.ts';
import { currentModels } from '../../core/judging/model-table.ts';
import { offlineJudge } from '../../core/judging/plan-run.ts';
import { createService, type Service } from '../../core/service.ts';
import { beginSession } from '../../core/sessions/begin-session.ts';
import { environmentBaseUrl, withEnvironmentKeys } from '../../core/vault/environment-keys.ts';
import type { CommandContext, CommandResult } from './command.ts';
import { coreOptions } from './core-options.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { candidateRequest, type GroupOptions, groupsFromFile, inUnitOrder, namesSearch, refuseTwoChoices } from './group-choice.ts';
import { analyzerFolder } from './open-view.ts';
import { type RunFile, readRunFile, writeFirstRunFile } from './run-file.ts';

export interface JudgeOptions extends GroupOptions {
  readonly judge: string;
  readonly model?: string;
  readonly baseUrl?: string;
  readonly features?: readonly string[];
  readonly numWorkers?: number;
  readonly library?: string;
  readonly mode?: 'one-call' | 'panel';
  readonly votes?: number;
  readonly maxCostUsd?: number;
  readonly maxCalls?: number;
  readonly out: string;
}

export interface JudgedVerdict {
  /** Place in the run, as in results.csv. */
  readonly groupId: number;
  readonly units: readonly UnitId[];
  readonly verdict: VerdictWord;
  readonly confidence: number;
  readonly reasoning: string;
  readonly costUsd: number | null;
}

export interface Judged {
  readonly core: Core;
  readonly view: IdentifiedAnalyzer;
  readonly folder: string;
  readonly outFolder: string;
  readonly runFile: RunFile;
  readonly verdicts: readonly JudgedVerdict[];
  readonly failures: readonly { readonly units: readonly UnitId[]; readonly kind: string; readonly message: string }[];
  /** Left out with a reason: too much or nothing to show, left out by a person. */
  readonly skipped: readonly { readonly units: readonly UnitId[]; readonly kind: string; readonly message: string }[];
  readonly counts: Readonly<Record<VerdictWord | 'failed' | 'skipped', number>>;
  readonly costUsd: number | null;
  /** Set where the run ended before every group was asked about. */
  readonly endedEarly: FailureRecord | undefined;
  readonly exitCode: ExitCode;
}

export interface JudgeSteps {
  /** Between the choice of groups and the first question. */
  readonly before?: (core: Core, view: IdentifiedAnalyzer, groups: readonly (readonly UnitId[])[], outFolder: string) => Promise<void>;
  readonly after: (judged: Judged) => Promise<CommandResult>;
  /** Where the search found no group: that is a result too. */
  readonly nothing: () => CommandResult;
}

/** What is said where there was nothing to judge. */
export const nothingJudged = {
  verdicts: [],
  failures: [],
  skipped: [],
  counts: { merge: 0, 'not merge': 0, unsure: 0, failed: 0, skipped: 0 },
  costUsd: 0,
};

/**
 * Judges the chosen groups in a session of their own, or goes on with the run found in the output folder; its
 * results.csv is written however the run ends.
 */
export async function judgedRun(path: string, options: JudgeOptions, context: CommandContext, steps: JudgeSteps): Promise<CommandResult> {
  const { terminal, signal, common, log } = context;
  const folder = await analyzerFolder(path);
  refuseTwoChoices(options);
  const outFolder = resolve(options.out);
  const earlier = await readRunFile(outFolder);
  let follow: () => void = () => undefined;
  const emit: Emit = (name) => {
    if (name === 'batch.progressed' || name === 'batch.finished') follow();
  };
  const vault = async () => withEnvironmentKeys(await (await import('../../core/vault/vault.ts')).openVault(), process.env);
  const service = await createService({ ...coreOptions(common), emit, vault, ...(log ? { log } : {}) });
  try {
    return await service.core.analyzers.using(
      folder,
      async (view) => {
        const runFile = earlier
          ? await continued(service, view, earlier, options, context, outFolder)
          : await begun(service, view, folder, options, context, outFolder);
        const { core } = service;
        if (runFile === undefined) {
          await writeFileAtomically(join(outFolder, 'results.csv'), resultsCsv([]));
          terminal.note('No candidates, so there is nothing to judge.');
          return steps.nothing();
        }
        const { batchId, sessionId } = runFile;
        const units = unitsOfRun(core, batchId);
        await steps.before?.(core, view, [...units.values()], outFolder);
        follow = () => {
          const { done, failed, skipped, total } = core.tables.batches.counts(batchId);
          terminal.progress.show(done + failed + skipped, total, 'groups judged');
        };
        await askAll(core, batchId, signal);
        await writeFileAtomically(join(outFolder, 'results.csv'), resultsCsv(resultRows(core, sessionId)));
        return steps.after(summary(core, view, folder, outFolder, runFile, units, signal));
      },
      { signal },
    );
  } finally {
    await service.close();
  }
}

async function begun(
  service: Service,
  view: IdentifiedAnalyzer,
  folder: string,
  options: JudgeOptions,
  context: CommandContext,
  outFolder: string,
): Promise<RunFile | undefined> {
  const { core } = service;
  const imported = options.groups === undefined ? undefined : await groupsFromFile(options.groups, view.unitIds, context.terminal);
  const request = imported ? undefined : candidateRequest(options);
  if (options.library !== undefined) refuseEmptyLibrary(core, options.library);
  const { sessionId } = beginSession(core, folder, view, true).session;
  core.tables.sessions.rename(sessionId, `${view.summary.name}, ${options.judge}, command line`);
  const groupIds = imported ? await importGroups(core, view, sessionId, imported) : await findGroups(service, sessionId, request, context);
  if (groupIds.length === 0) return undefined;
  const batchId = core.judges.create({
    sessionId,
    groupIds,
    judge: options.judge,
    model: options.model,
    baseUrl: options.baseUrl ?? environmentBaseUrl(options.judge, process.env),
    features: options.features === undefined ? undefined : [...options.features],
    numWorkers: options.numWorkers,
    ...(options.library === undefined ? { exampleIds: [] } : { nearest: { library: options.library } }),
    mode: options.mode === 'panel' ? 'panel' : 'one call',
    votes: options.votes,
    maxCostUsd: options.maxCostUsd,
    maxCalls: options.maxCalls,
  });
  const batch = core.tables.batches.byId(batchId);
  // Beside consent by naming a judge: what goes where, in words.
  if (batch && !asksThisMachine(batch)) context.terminal.note(leavingSentence({ ...batch, groupIds }));
  if (batch && limitIsBlind(currentModels(core.tables), batch)) context.terminal.note(blindLimit(batch.model));
  const { judge, model } = batch ?? { judge: options.judge, model: '' };
  const { library } = options;
  const runFile: RunFile = { version: 1, sessionId, batchId, fingerprint: view.fingerprint, judge, model, library, search: request };
  if (await writeFirstRunFile(outFolder, runFile)) return runFile;
  // Somebody else began a run in this folder meanwhile; that one counts.
  await core.judges.cancel(batchId);
  core.tables.sessions.archive(sessionId);
  const earlier = await readRunFile(outFolder);
  return earlier && continued(service, view, earlier, options, context, outFolder);
}

/** The run of before, with the pace, address and limits of now. Throws `input.invalid` where it asks something else than the options do. */
async function continued(
  service: Service,
  view: IdentifiedAnalyzer,
  earlier: RunFile,
  options: JudgeOptions,
  context: CommandContext,
  outFolder: string,
): Promise<RunFile> {
  const { tables, judges } = service.core;
  const refuse = (why: string): never => {
    throw new Failure('input.invalid', `${outFolder} holds a run ${why}. Choose another --out.`, { folder: outFolder });
  };
  const batch = tables.batches.byId(earlier.batchId) ?? refuse('of another data folder (--data-dir)');
  if (earlier.judge !== options.judge) refuse(`of the judge ${earlier.judge}`);
  if (options.model !== undefined && earlier.model !== options.model) refuse(`of the model ${earlier.model}`);
  if (earlier.fingerprint !== view.fingerprint)
    throw new Failure('analyzer.changed', `The analyzer has changed since the run in ${outFolder} was begun. Choose another --out.`, {
      folder: outFolder,
    });
  const { mode, votes } = askingParams(batch.params);
  const differs = (name: string, given: unknown, before: unknown) => {
    if (given !== undefined && JSON.stringify(given) !== JSON.stringify(before))
      refuse(`with another --${name}. Give the same or none to go on with it`);
  };
  // The offline judge is shown no picture and asked once, whatever is said.
  if (batch.judge !== offlineJudge) {
    differs('features', options.features, batch.features);
    differs('mode', options.mode, mode === 'panel' ? 'panel' : 'one-call');
    differs('votes', options.votes, votes);
    differs('library', options.library, earlier.library);
  }
  if (namesSearch(options)) differs('preset, --steps or --param', searchWords(candidateRequest(options)), searchWords(earlier.search));
  if (options.groups !== undefined) {
    const named = inUnitOrder(view, await groupsFromFile(options.groups, view.unitIds, context.terminal));
    differs('groups', setOf(named), setOf([...unitsOfRun(service.core, earlier.batchId).values()]));
  }
  const { numWorkers, maxCostUsd, maxCalls } = options;
  judges.redirect(earlier.batchId, {
    numWorkers,
    maxCostUsd,
    maxCalls,
    ...(batch.judge === offlineJudge ? {} : { baseUrl: options.baseUrl }),
  });
  return earlier;
}

/** What a run asks about, in its order, by the groups' ids. */
function unitsOfRun({ tables }: Core, batchId: string): Map<string, readonly UnitId[]> {
  return new Map(tables.batches.groupIds(batchId).map((groupId) => [groupId, tables.groups.byId(groupId)?.units ?? []]));
}

function setOf(groups: readonly (readonly UnitId[])[]): string[] {
  return [...new Set(groups.map((units) => JSON.stringify(units)))].sort();
}

/** What is left out of a search stands as nothing in the file, too. */
function searchWords(request: unknown): unknown {
  return JSON.parse(JSON.stringify(request ?? null));
}

/** Until every group is answered or failed, something stops the run, or Ctrl+C. */
async function askAll(core: Core, batchId: string, signal: AbortSignal): Promise<void> {
  const { judges, tables } = core;
  if (signal.aborted) return;
  judges.retryFailed(batchId);
  // What a person left out stays out; the rest may be possible by now.
  judges.retrySkipped(batchId, ['limit', ...unaskableKinds]);
  if (tables.batches.byId(batchId)?.state !== 'done') judges.resume(batchId);
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  await Promise.race([judges.rest(batchId), stopped]);
  if (signal.aborted) await judges.close();
}

function summary(
  core: Core,
  view: IdentifiedAnalyzer,
  folder: string,
  outFolder: string,
  runFile: RunFile,
  unitsOf: ReadonlyMap<string, readonly UnitId[]>,
  signal: AbortSignal,
): Judged {
  const { batchId } = runFile;
  const { tables } = core;
  const verdicts = [...unitsOf].flatMap(([groupId, units], index): JudgedVerdict[] => {
    const given = tables.verdicts.ofGroup(groupId).find((verdict) => verdict.batchId === batchId);
    if (!given) return [];
    const { verdict, confidence, reasoning, costUsd } = given;
    return [{ groupId: index, units, verdict, confidence, reasoning, costUsd }];
  });
  const failures = tables.batches.failures(batchId).map(({ groupId, failure }) => {
    return { units: unitsOf.get(groupId) ?? [], kind: failure.kind, message: failure.message };
  });
  const skipped = tables.batches.skips(batchId).map(({ groupId, skip }) => ({ units: unitsOf.get(groupId) ?? [], ...skip }));
  const counts = { merge: 0, 'not merge': 0, unsure: 0, failed: failures.length, skipped: skipped.length };
  for (const { verdict } of verdicts) counts[verdict] += 1;
  const batch = tables.batches.byId(batchId);
  // What a limit holds back was not asked about yet.
  const heldBack = skipped.filter(({ kind }) => kind === 'limit').length;
  const left = unitsOf.size - verdicts.length - failures.length - skipped.length + heldBack;
  const cancelled: FailureRecord = {
    kind: 'cancelled',
    message: `Cancelled with ${verdicts.length} of ${unitsOf.size} groups judged. The same command goes on with the rest.`,
    details: { judged: verdicts.length, total: unitsOf.size },
  };
  const endedEarly = left > 0 ? (signal.aborted ? cancelled : (batch?.stoppedBy ?? cancelled)) : undefined;
  const exitCode = failures.length + skipped.length > 0 ? exitCodes.someFailed : exitCodes.done;
  const { costUsd } = tables.batches.counts(batchId);
  return { core, view, folder, outFolder, runFile, verdicts, failures, skipped, counts, costUsd, endedEarly, exitCode };
}

async function importGroups(
  core: Core,
  view: IdentifiedAnalyzer,
  sessionId: string,
  groups: readonly (readonly UnitId[])[],
): Promise<string[]> {
  const { offsets } = await view.spikes();
  return core.tables.atOnce(() =>
    groups.map((group, position) => {
      const positions = group.map((id) => view.indexOf(id)).sort((a, b) => a - b);
      const units = positions.map((at) => view.unitIds[at]);
      const spikeCounts = positions.map((at) => offsets[at + 1] - offsets[at]);
      return core.tables.groups.place(sessionId, { units, spikeCounts, templateDiff: null }, 'import', position);
    }),
  );
}

async function findGroups(service: Service, sessionId: string, request: object | undefined, context: CommandContext): Promise<string[]> {
  const { signal, terminal } = context;
  const progress = (done: number, total: number, what: string) => terminal.progress.show(done, total, what);
  const found = await service.handle('candidates.find', { sessionId, ...request }, { signal, progress });
  return service.core.tables.candidateRuns.groupIds((found as { runId: string }).runId);
}

function refuseEmptyLibrary(core: Core, library: string): void {
  if (core.tables.examples.active(library).length > 0) return;
  const known = [...new Set(core.tables.examples.active().map((example) => example.library))];
  throw new Failure('input.notFound', `There is no library “${library}” with examples. Known: ${known.join(', ') || 'none'}.`, { library });
}
