import { Failure, isFailure } from '../../../app/failure.ts';
import type { Connection, ProviderReply, Question, TokenUsage } from '../../../app/judges/judge.ts';
import { repairQuestion } from '../../../app/judges/verdict.ts';
import type { Budget } from './budget.ts';
import type { Pace, PaceSignals } from './pace.ts';
import { stopsRun } from './runner.ts';
import type { Slots } from './slots.ts';
import type { Spent } from './store.ts';

/** Readable answers of before, by everything that was asked. */
export interface KeptAnswers {
  get(question: Question, draw: number): ProviderReply | undefined;
  put(question: Question, draw: number, reply: ProviderReply): void;
}

export interface AskingInput {
  readonly connection: Connection;
  /** For messages: "OpenAI", "Anthropic", … */
  readonly title: string;
  readonly model: string;
  readonly costOf: (usage: TokenUsage, model: string) => number | null;
  readonly pace: Pace;
  readonly signals: PaceSignals;
  readonly slots?: Slots | undefined;
  readonly budget?: Budget | undefined;
  readonly answers?: KeptAnswers | undefined;
  readonly expectedUsdOf?: ((question: Question) => number | null) | undefined;
  readonly now?: (() => number) | undefined;
}

export interface Read<Value> {
  readonly value: Value;
  readonly reply: ProviderReply;
  /** The answer was kept from before; nothing was asked. */
  readonly cached: boolean;
  readonly repaired: boolean;
}

export type Reader<Value> = (
  text: string,
) => { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: string };

export interface Asking {
  /** Asks, and once more where the answer can't be read. Throws `provider.*` and `cancelled`; `spent` counts either way. */
  read<Value>(question: Question, draw: number, reader: Reader<Value>): Promise<Read<Value>>;
  readonly requestCount: number;
  spent(): Spent;
}

/** Why a run stops, by the signal of its present turn, until its runner has heard of it. */
const endedBy = new WeakMap<AbortSignal, Failure>();

/** Asks one model about one group, in one or several questions, and counts what that takes. */
export function createAsking(input: AskingInput): Asking {
  const { connection, title, model, pace, signals, slots, budget, answers } = input;
  const now = input.now ?? (() => performance.now());
  const started = now();
  const replies: ProviderReply[] = [];
  let requestCount = 0;
  let costUsd: number | null = null;

  /** What ended one question ends the group, and what every group would meet ends them all: nothing more is sent. */
  let ended: Failure | undefined;

  /** `use` is done with the reply before anybody else may send: what it keeps is there before the next question is asked. */
  const send = async <Used>(question: Question, use: (reply: ProviderReply) => Used): Promise<Used> => {
    const once = async () => {
      const before = ended ?? endedBy.get(signals.pausing);
      if (before) throw before;
      const settle = await budget?.admit(input.expectedUsdOf?.(question) ?? null, signals.signal);
      let cost: number | null = null;
      try {
        const reply = await pace.run(
          () => connection.send(model, question, { signal: signals.signal }),
          signals,
          () => requestCount++,
        );
        replies.push(reply);
        cost = input.costOf(reply.usage, reply.model);
        if (cost !== null) costUsd = (costUsd ?? 0) + cost;
        return use(reply);
      } catch (error) {
        if (isAnswerFailure(error)) {
          ended = error;
          if (stopsRun(error)) endedBy.set(signals.pausing, error);
        }
        throw error;
      } finally {
        settle?.(cost);
      }
    };
    // What is sent is made before there is room for it, so that room never waits for that.
    connection.prepare(model, question);
    return slots ? slots.run(once, signals) : once();
  };

  return {
    async read<Value>(question: Question, draw: number, reader: Reader<Value>): Promise<Read<Value>> {
      const kept = answers?.get(question, draw);
      if (kept) {
        const again = reader(kept.text);
        if (again.ok) return { value: again.value, reply: kept, cached: true, repaired: false };
      }
      const use = (reply: ProviderReply) => {
        const parsed = readable(reply, question, title, reader);
        if (parsed.ok) answers?.put(question, draw, reply);
        return { reply, parsed };
      };
      let { reply, parsed } = await send(question, use);
      const repaired = !parsed.ok;
      if (!parsed.ok) ({ reply, parsed } = await send(repairQuestion(question, reply.text, parsed.problem), use));
      if (!parsed.ok)
        throw new Failure('provider.badReply', `The answer of ${title} can't be used, also asked again: ${parsed.problem}`, {
          rawFinish: reply.rawFinish,
        });
      return { value: parsed.value, reply, cached: false, repaired };
    },
    get requestCount() {
      return requestCount;
    },
    spent() {
      const sum = (pick: (usage: TokenUsage) => number) => replies.reduce((total, reply) => total + pick(reply.usage), 0);
      return {
        usage: {
          inputTokens: sum((usage) => usage.inputTokens),
          outputTokens: sum((usage) => usage.outputTokens),
          cachedInputTokens: sum((usage) => usage.cachedInputTokens),
        },
        costUsd,
        latencyMs: Math.round(now() - started),
        requestCount,
      };
    },
  };
}

/** What the reader makes of the reply; throws for one that would be no better when asked again. */
export function readable<Value>(reply: ProviderReply, question: Question, title: string, reader: Reader<Value>): ReturnType<Reader<Value>> {
  if (reply.finish === 'refused')
    throw new Failure('provider.refused', `${title} declined to judge this group. Judge it by hand, or ask another model.`, {
      rawFinish: reply.rawFinish,
    });
  const parsed = reader(reply.text);
  if (!parsed.ok && reply.finish === 'length')
    throw new Failure(
      'provider.badReply',
      `The answer of ${title} was cut off at ${question.maxOutputTokens} tokens. Show fewer pictures, or choose a model that thinks less.`,
      { rawFinish: reply.rawFinish },
    );
  return parsed;
}

/** True for what ends a question of its own accord; everything else is passed on. */
export function isAnswerFailure(error: unknown): error is Failure {
  return isFailure(error) && error.kind !== 'cancelled';
}
