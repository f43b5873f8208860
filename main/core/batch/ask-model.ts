import type { Verdict } from '../../../app/contract/verdict.ts';
import { Failure, type FailureRecord, isFailure } from '../../../app/failure.ts';
import type { Connection, ProviderReply, TokenUsage } from '../../../app/judges/judge.ts';
import type { BuiltQuestion } from '../../../app/judges/question.ts';
import { parseVerdict, repairQuestion } from '../../../app/judges/verdict.ts';
import type { Pace, PaceSignals } from './pace.ts';
import type { BatchAnswer, Spent } from './store.ts';

/** How asking about one group ended. A failure may have cost something too. */
export type AskResult =
  | { readonly ok: true; readonly answer: BatchAnswer }
  | { readonly ok: false; readonly failure: FailureRecord; readonly spent: Spent | undefined };

export interface AskModelInput {
  readonly connection: Connection;
  /** For messages: "OpenAI", "Anthropic", … */
  readonly title: string;
  readonly model: string;
  readonly built: BuiltQuestion;
  /** Stored with the verdict: the numbers that went along, and what else decided the question. */
  readonly numbers: Readonly<Record<string, number | null>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly costOf: (usage: TokenUsage, model: string) => number | null;
  readonly pace: Pace;
  readonly signals: PaceSignals;
  readonly now?: () => number;
}

/**
 * Asks a model about one group: one question and, if the answer can't be read, one repair. Provider failures come
 * back as values with what was spent; only cancelling throws.
 */
export async function askModel(input: AskModelInput): Promise<AskResult> {
  const { connection, model, built, pace, signals } = input;
  const now = input.now ?? (() => performance.now());
  const started = now();
  let requestCount = 0;
  const replies: ProviderReply[] = [];

  const send = async (question: BuiltQuestion['question']) => {
    const reply = await pace.run(
      () => connection.send(model, question, { signal: signals.signal }),
      signals,
      () => requestCount++,
    );
    replies.push(reply);
    return reply;
  };
  const spent = (): Spent => {
    const usage = replies.reduce(
      (sum, { usage: one }) => ({
        inputTokens: sum.inputTokens + one.inputTokens,
        outputTokens: sum.outputTokens + one.outputTokens,
        cachedInputTokens: sum.cachedInputTokens + one.cachedInputTokens,
      }),
      { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 },
    );
    return {
      usage,
      costUsd: replies.length === 0 ? null : input.costOf(usage, replies.at(-1)?.model ?? model),
      latencyMs: Math.round(now() - started),
      requestCount,
    };
  };
  const done = (verdict: Verdict, reply: ProviderReply): AskResult => ({
    ok: true,
    answer: {
      verdict,
      model: reply.model,
      raw: reply.raw,
      system: built.question.system,
      text: built.text,
      finish: reply.rawFinish,
      warnings: [
        ...new Set(replies.flatMap((one) => one.warnings)),
        ...(replies.length > 1 ? ['The first answer could not be read.'] : []),
      ],
      pictures: ownPictures(built),
      numbers: input.numbers,
      params: input.params,
      spent: spent(),
    },
  });

  try {
    let reply = await send(built.question);
    let parsed = read(reply, built, input.title);
    if (!parsed.ok && parsed.repairable) {
      reply = await send(repairQuestion(built.question, reply.text, parsed.problem));
      parsed = read(reply, built, input.title);
    }
    if (parsed.ok) return done(parsed.verdict, reply);
    return { ok: false, failure: parsed.failure.toRecord(), spent: spent() };
  } catch (error) {
    if (!isFailure(error) || error.kind === 'cancelled') throw error;
    return { ok: false, failure: error.toRecord(), spent: requestCount === 0 ? undefined : spent() };
  }
}

type Read =
  | { ok: true; verdict: Verdict }
  | { ok: false; repairable: true; problem: string; failure: Failure }
  | { ok: false; repairable: false; failure: Failure };

function read(reply: ProviderReply, built: BuiltQuestion, title: string): Read {
  if (reply.finish === 'refused') {
    return {
      ok: false,
      repairable: false,
      failure: new Failure('provider.refused', `${title} declined to judge this group. Judge it by hand, or ask another model.`, {
        rawFinish: reply.rawFinish,
      }),
    };
  }
  const parsed = parseVerdict(reply.text, built.expected);
  if (parsed.ok) return parsed;
  if (reply.finish === 'length') {
    return {
      ok: false,
      repairable: false,
      failure: new Failure(
        'provider.badReply',
        `The answer of ${title} was cut off at ${built.question.maxOutputTokens} tokens. Show fewer pictures, or choose a model that thinks less.`,
        { rawFinish: reply.rawFinish },
      ),
    };
  }
  return {
    ok: false,
    repairable: true,
    problem: parsed.problem,
    failure: new Failure('provider.badReply', `The answer of ${title} can't be used, also asked again: ${parsed.problem}`, {
      rawFinish: reply.rawFinish,
    }),
  };
}

/** Pictures of the group itself, which stand after those of the examples. */
function ownPictures(built: BuiltQuestion): { feature: string; sha256: string }[] {
  const all = built.question.parts.flatMap((part) => (part.kind === 'image' ? [part.image] : []));
  const count = built.expected.features.filter((feature) => feature !== 'numbers').length;
  return all.slice(all.length - count).map(({ feature, sha256 }) => ({ feature, sha256 }));
}
