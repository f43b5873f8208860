import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import { parametersOf } from '../../../app/candidates/parameters.ts';
import { stepById } from '../../../app/candidates/registry.ts';
import type { CandidateResult } from '../../../app/candidates/run.ts';
import { type WhyNot, whyNot } from '../../../app/candidates/why-not.ts';
import { Failure } from '../../../app/failure.ts';
import type { CommandContext, CommandResult } from './command.ts';
import { compileAtOnce } from './compile-at-once.ts';
import { candidateRequest, type GroupOptions, searchCandidates } from './group-choice.ts';
import { withView } from './open-view.ts';

export interface CandidatesOptions extends GroupOptions {
  /** Two unit ids as texts. */
  readonly whyNot?: readonly string[];
}

type PairAnswer = WhyNot & { readonly units: readonly [UnitId, UnitId] };

function whyNotPair(view: AnalyzerView, texts: readonly string[], ask: (pair: [number, number]) => WhyNot): PairAnswer {
  const positions = texts.map((text) => view.unitIds.findIndex((id) => String(id) === text.trim()));
  const [first, second] = positions;
  if (positions.length !== 2 || first < 0 || second < 0 || first === second)
    throw new Failure('usage', `--why-not ${texts.join(',')} does not name two different units of the analyzer.`, { option: '--why-not' });
  return { units: [view.unitIds[first], view.unitIds[second]], ...ask([first, second]) };
}

function whyNotLines({ units, isPair, steps }: PairAnswer): string[] {
  const said = steps.map(({ id, outcome, findings }) => {
    const measured = findings.map(({ what, value, must, limit, unit }) =>
      `${what} ${value} ${unit} must ${must} ${limit}`.replace('  ', ' '),
    );
    return `${id}\t${outcome}\t${measured.join('; ')}`;
  });
  return [`${units.map((unit) => JSON.stringify(unit)).join(' ')}: ${isPair ? 'a candidate' : 'no candidate'}`, ...said];
}

/** Which step dropped the last pairs, and what can be set there. */
function noneLeft(steps: CandidateResult['steps']): string {
  const last = steps.find(({ out }) => out === 0);
  if (!last || last.in === 0) return 'No candidates: the analyzer has no two units.';
  const step = stepById(last.id);
  const settings = (step ? parametersOf(step) : []).map((parameter) => `${last.id}.${parameter.name}`);
  return `No candidates: ${last.id} dropped the last ${last.in} ${last.in === 1 ? 'pair' : 'pairs'}. It can be set with --param: ${settings.join(', ')}.`;
}

/** Merge candidates. */
export function candidates(path: string, options: CandidatesOptions, context: CommandContext): Promise<CommandResult> {
  compileAtOnce();
  return withView(path, context, async (view) => {
    const found = await searchCandidates(view, options, context);
    const groups = found.groups.map((positions) => positions.map((position) => view.unitIds[position]));
    const steps = found.steps.map(({ id, in: before, out, ms }) => ({ id, in: before, out, ms }));
    const lines = [
      ...groups.map((group) => group.map((unit) => JSON.stringify(unit)).join('\t')),
      ...(groups.length === 0 ? [noneLeft(found.steps)] : []),
    ];
    const why =
      options.whyNot && whyNotPair(view, options.whyNot, (pair) => whyNot(found, candidateRequest(options), view.unitIds.length, pair));
    return {
      json: { groups, steps, ms: found.ms, ...(why ? { whyNot: why } : {}) },
      text: `${[...lines, ...(why ? whyNotLines(why) : [])].join('\n')}\n`,
    };
  });
}
