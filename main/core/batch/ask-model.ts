import type { FeatureFinding, Verdict } from '../../../app/contract/verdict.ts';
import type { FailureRecord } from '../../../app/failure.ts';
import { featuresOf, type ProviderReply, type QuestionImage } from '../../../app/judges/judge.ts';
import type { BuiltQuestion, Panel } from '../../../app/judges/question.ts';
import { inGroupOrder } from '../../../app/judges/unit-order.ts';
import { parseFinding, parseVerdict } from '../../../app/judges/verdict.ts';
import { tally } from '../../../app/judges/votes.ts';
import { type Asking, type AskingInput, createAsking, isAnswerFailure, type Read } from './asking.ts';
import type { BatchAnswer, Spent, Vote } from './store.ts';

/** How asking about one group ended. A failure may have cost something too. */
export type AskResult =
  | { readonly ok: true; readonly answer: BatchAnswer }
  | { readonly ok: false; readonly failure: FailureRecord; readonly spent: Spent | undefined };

/** One vote: what is asked, and in which order it shows the units (places in the group). */
export type VoteQuestion = { readonly order: readonly number[] } & ({ readonly built: BuiltQuestion } | { readonly panel: Panel });

export interface AskModelInput extends AskingInput {
  /** Stored with the verdict: the numbers that went along, and what else decided the question. */
  readonly numbers: Readonly<Record<string, number | null>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly built: BuiltQuestion;
}

export interface AskVotesInput extends Omit<AskModelInput, 'built'> {
  readonly labels: readonly string[];
  readonly votes: readonly VoteQuestion[];
}

/** Asks a model about one group in one call; see `askVotes`. */
export function askModel({ built, ...input }: AskModelInput): Promise<AskResult> {
  const { labels } = built.expected;
  return askVotes({ ...input, labels, votes: [{ built, order: labels.map((_, place) => place) }] });
}

/** What a vote was asked and answered, in all its parts. */
interface Heard {
  readonly vote: Vote;
  readonly model: string;
  readonly finish: string;
  readonly parts: readonly { readonly part: string; readonly system: string; readonly text: string; readonly read: Read<unknown> }[];
  readonly pictures: BatchAnswer['pictures'];
}

/**
 * Asks a model about one group, once or in several votes at the same time. Provider failures come back as values with what
 * was spent; a vote or report that is missing fails the group. Only cancelling throws.
 */
export async function askVotes(input: AskVotesInput): Promise<AskResult> {
  const { labels } = input;
  const asking = createAsking(input);
  const asked = await Promise.allSettled(
    input.votes.map((vote, index) => ('built' in vote ? askOneCall : askPanel)(asking, vote as never, index, labels)),
  );
  const failed = asked.filter((one) => one.status === 'rejected').map((one) => one.reason as unknown);
  if (failed.length > 0) {
    const failure = failed.find(isAnswerFailure);
    const spent = asking.requestCount === 0 ? undefined : asking.spent();
    // What stops the whole run is said before what one question met.
    const first = failed.filter(isAnswerFailure).find((one) => one.details['wholeRun'] === true) ?? failure;
    if (first === undefined || failed.some((one) => !isAnswerFailure(one) && first.details['wholeRun'] !== true)) {
      throw failed.find((one) => !isAnswerFailure(one));
    }
    return { ok: false, failure: first.toRecord(), spent };
  }
  const heard = asked.map((one) => (one as PromiseFulfilledResult<Heard>).value);
  return { ok: true, answer: answerOf(heard, input, asking.spent()) };
}

/** A verdict and all that produced it, from the votes as they were heard. */
function answerOf(heard: readonly Heard[], input: Pick<AskVotesInput, 'numbers' | 'params'>, spent: Spent): BatchAnswer {
  const { verdict, agreement } = tally(heard.map(({ vote }) => vote.verdict));
  const parts = heard.flatMap((one, index) =>
    one.parts.map((part) => ({ ...part, part: heard.length > 1 ? `vote ${index + 1}, ${part.part}` : part.part })),
  );
  const only = parts.length === 1 ? parts[0] : undefined;
  const last = heard[heard.length - 1];
  const systems = [...new Map(parts.map((part) => [part.system, part.part]))];
  return {
    verdict,
    model: last.model,
    raw: only ? only.read.reply.raw : JSON.stringify(parts.map(({ part, read }) => ({ part, reply: jsonOr(read.reply.raw) }))),
    system: systems.length === 1 ? systems[0][0] : systems.map(([system, part]) => `=== ${part} ===\n${system}`).join('\n\n'),
    text: only ? only.text : parts.map(({ part, text }) => `=== ${part} ===\n${text}`).join('\n\n'),
    finish: last.finish,
    warnings: [
      ...new Set(parts.flatMap(({ read }) => read.reply.warnings)),
      ...(parts.some(({ read }) => read.repaired) ? ['The first answer could not be read.'] : []),
    ],
    pictures: heard[0].pictures,
    numbers: input.numbers,
    params: { ...input.params, ...(heard.length > 1 ? { agreement } : {}) },
    votes: heard.map(({ vote }) => vote),
    spent,
  };
}

/** The answer to one question that was asked in one call elsewhere, as in a provider's batch. */
export function answerToOneCall(
  replies: readonly { readonly reply: ProviderReply; readonly order: readonly number[]; readonly verdict: Verdict }[],
  asked: {
    readonly labels: readonly string[];
    readonly system: string;
    readonly texts: readonly string[];
    readonly pictures: BatchAnswer['pictures'];
    readonly numbers: Readonly<Record<string, number | null>>;
    readonly params: Readonly<Record<string, unknown>>;
  },
  spent: Spent,
): BatchAnswer {
  const heard = replies.map(({ reply, order, verdict }, index): Heard => {
    const read = { value: verdict, reply, cached: false, repaired: false };
    return {
      vote: { verdict: inGroupOrder(verdict, asked.labels, order), order, cached: false },
      model: reply.model,
      finish: reply.rawFinish,
      parts: [{ part: 'one call', system: asked.system, text: asked.texts[index], read }],
      pictures: asked.pictures,
    };
  });
  return answerOf(heard, asked, spent);
}

async function askOneCall(
  asking: Asking,
  vote: { readonly order: readonly number[]; readonly built: BuiltQuestion },
  draw: number,
  labels: readonly string[],
): Promise<Heard> {
  const { built, order } = vote;
  const read = await asking.read<Verdict>(built.question, draw, (text) => {
    const parsed = parseVerdict(text, built.expected);
    return parsed.ok ? { ok: true, value: parsed.verdict } : parsed;
  });
  return {
    vote: { verdict: inGroupOrder(read.value, labels, order), order, cached: read.cached },
    model: read.reply.model,
    finish: read.reply.rawFinish,
    parts: [{ part: 'one call', system: built.question.system, text: built.text, read }],
    pictures: ownPictures(built),
  };
}

async function askPanel(
  asking: Asking,
  vote: { readonly order: readonly number[]; readonly panel: Panel },
  draw: number,
  labels: readonly string[],
): Promise<Heard> {
  const { panel, order } = vote;
  const reports = await allOrFirstFailure(
    panel.experts.map(({ feature, question }) =>
      asking.read<FeatureFinding>(question, draw, (text) => {
        const parsed = parseFinding(text, feature);
        return parsed.ok ? { ok: true, value: parsed.finding } : parsed;
      }),
    ),
  );
  const findings = reports.map(({ value }) => value);
  const head = panel.head(findings);
  const read = await asking.read<Verdict>(head.question, draw, (text) => {
    const parsed = parseVerdict(text, head.expected);
    return parsed.ok ? { ok: true, value: parsed.verdict } : parsed;
  });
  return {
    vote: {
      verdict: inGroupOrder({ ...read.value, features: findings }, labels, order),
      order,
      cached: read.cached && reports.every((report) => report.cached),
    },
    model: read.reply.model,
    finish: read.reply.rawFinish,
    parts: [
      ...panel.experts.map(({ feature, question, text }, index) => ({
        part: `expert for ${feature}`,
        system: question.system,
        text,
        read: reports[index],
      })),
      { part: 'head', system: head.question.system, text: head.text, read },
    ],
    pictures: head.question.parts.flatMap((part) => (part.kind === 'image' ? namesOf(part.image) : [])),
  };
}

/** All results; where some failed, the first failure once nothing is on its way any more, so that nothing is charged unseen. */
async function allOrFirstFailure<Value>(work: readonly Promise<Value>[]): Promise<Value[]> {
  const settled = await Promise.allSettled(work);
  const failed = settled.filter((one) => one.status === 'rejected').map((one) => one.reason as unknown);
  if (failed.length > 0) throw failed.find((one) => isAnswerFailure(one) && one.details['wholeRun'] === true) ?? failed[0];
  return settled.map((one) => (one as PromiseFulfilledResult<Value>).value);
}

/** Pictures of the group itself, which stand after those of the examples. */
export function ownPictures(built: BuiltQuestion): { feature: string; sha256: string }[] {
  const all = built.question.parts.flatMap((part) => (part.kind === 'image' ? [part.image] : []));
  let left = built.expected.features.filter((feature) => feature !== 'numbers').length;
  let from = all.length;
  while (left > 0 && from > 0) left -= featuresOf(all[--from]).length;
  return all.slice(from).flatMap(namesOf);
}

function namesOf(image: QuestionImage): { feature: string; sha256: string }[] {
  return featuresOf(image).map((feature) => ({ feature, sha256: image.sha256 }));
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
