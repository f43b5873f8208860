import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import { presets } from '../../../app/candidates/presets.ts';
import { stepById } from '../../../app/candidates/registry.ts';
import { type CandidateRequest, type CandidateResult, findCandidates } from '../../../app/candidates/run.ts';
import { parseGroupsFile } from '../../../app/curation/groups-file.ts';
import { importCandidates, isFromElsewhere, leftOutWords } from '../../../app/curation/imported-candidates.ts';
import { Failure } from '../../../app/failure.ts';
import type { CommandContext } from './command.ts';
import type { Terminal } from './terminal.ts';

/** Where the groups come from: a file, or a search. */
export interface GroupOptions {
  readonly groups?: string;
  readonly preset?: string;
  readonly steps?: readonly string[];
  readonly param?: readonly string[];
  readonly resolveGraph?: boolean;
}

/** Without `--preset` or `--steps`: the step the tutorial uses, with SpikeInterface's defaults. */
const defaultSteps = ['template_similarity'];

/** The search the options ask for; throws `usage` for a `--param` that is not `step.name=value` or belongs to no step that is run. */
export function candidateRequest(options: GroupOptions): CandidateRequest {
  if (options.preset !== undefined && options.steps !== undefined)
    throw new Failure('usage', 'Give either --preset or --steps, not both.', { option: '--preset' });
  const params: Record<string, Record<string, unknown>> = {};
  for (const text of options.param ?? []) {
    const match = /^([^.=]+)\.([^=]+)=(.*)$/s.exec(text);
    if (!match)
      throw new Failure(
        'usage',
        `--param ${text} is not of the form step.name=value, such as template_similarity.template_diff_thresh=0.2.`,
        {
          option: '--param',
        },
      );
    const [, step, name, value] = match;
    params[step] ??= {};
    params[step][name] = parsedValue(value);
  }
  const steps = options.preset === undefined ? (options.steps ?? defaultSteps) : undefined;
  const used: readonly string[] | undefined = steps ?? presets.find(({ id }) => id === options.preset)?.steps;
  const unused = used && Object.keys(params).find((step) => stepById(step) !== undefined && !used.includes(step));
  if (unused !== undefined)
    throw new Failure('usage', `--param ${unused}.… has no effect: the step ${unused} is not among ${used?.join(', ')}.`, {
      option: '--param',
    });
  return { preset: options.preset, steps, params, resolveGraph: options.resolveGraph ?? false };
}

function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Runs the search. */
export function searchCandidates(
  view: AnalyzerView,
  options: GroupOptions,
  { signal, terminal }: CommandContext,
): Promise<CandidateResult> {
  return findCandidates(view, candidateRequest(options), {
    signal,
    now: () => performance.now(),
    onStep: (id, index, total) => terminal.progress.show(index, total, id),
  });
}

/** The groups of the file or of a search, as unit ids in the analyzer's order. */
export async function chosenGroups(view: AnalyzerView, options: GroupOptions, context: CommandContext): Promise<UnitId[][]> {
  if (options.groups !== undefined) {
    refuseTwoChoices(options);
    return inUnitOrder(view, await groupsFromFile(options.groups, view.unitIds, context.terminal));
  }
  const { groups } = await searchCandidates(view, options, context);
  return groups.map((positions) => positions.map((position) => view.unitIds[position]));
}

/** True where the options name a search of their own. */
export function namesSearch({ preset, steps, param, resolveGraph }: GroupOptions): boolean {
  return preset !== undefined || steps !== undefined || param !== undefined || resolveGraph !== undefined;
}

/** Throws `usage` where groups are to come from a file and from a search. */
export function refuseTwoChoices(options: GroupOptions): void {
  if (options.groups !== undefined && namesSearch(options))
    throw new Failure('usage', 'Give either --groups or a search (--preset, --steps, --param, --resolve-graph), not both.', {
      option: '--groups',
    });
}

/** Groups of a file, UnitMatch's and SLAy's among them; throws `input.notFound` or `input.invalid` naming the file. */
export async function groupsFromFile(path: string, unitIds: readonly UnitId[], terminal: Terminal): Promise<UnitId[][]> {
  const text = await readText(path);
  const name = basename(path);
  if (!isFromElsewhere(text)) return parseGroupsFile(text, name, unitIds);
  const { groups, leftOut, scoreColumn, leastScore } = importCandidates(text, name, unitIds);
  const held = leastScore === undefined ? '' : ` with ${scoreColumn} of at least ${leastScore}`;
  terminal.note(`${name}: ${groups.length} ${groups.length === 1 ? 'group' : 'groups'}${held}. ${leftOutWords(leftOut)}`.trim());
  return groups.map(({ units }) => [...units]);
}

/** A text file that a person named; throws `input.notFound`, `input.invalid`. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Failure('input.notFound', `The file ${path} does not exist.`, { file: path }, error);
    throw new Failure('input.invalid', `The file ${path} can’t be read (${code}).`, { file: path }, error);
  }
}

/** Each group with its units in the analyzer's order. */
export function inUnitOrder(view: AnalyzerView, groups: readonly (readonly UnitId[])[]): UnitId[][] {
  return groups.map((group) => [...group].sort((a, b) => view.indexOf(a) - view.indexOf(b)));
}
