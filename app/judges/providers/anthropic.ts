import Anthropic from '@anthropic-ai/sdk';
import { z } from 'zod';
import type { ReadOptions } from '../../analyzer/source.ts';
import { defineProvider, type OfferedOutcome, type ProviderReply, type Question } from '../judge.ts';
import { checkedBaseUrl, withoutPath } from '../wire/base-url.ts';
import { batchesSince } from '../wire/batch-list.ts';
import { exchange, exchangeAnswer, exchangeLines, type Line, neededKey, type SdkFetch, sdkTimeoutMs } from '../wire/exchange.ts';
import { jsonHeaders, pathPart } from '../wire/headers.ts';
import type { HostFetch } from '../wire/host-fetch.ts';
import { createLadder } from '../wire/ladder.ts';
import { neverAsked, offeredFailure } from '../wire/offered-failure.ts';
import { aroundChars, createBodies, jsonLength, manyJsonBytes, PictureText } from '../wire/request-body.ts';

const about = { id: 'anthropic', title: 'Anthropic' } as const;
const tokens = z.number().int().nonnegative().catch(0);

const messageShape = z.object({
  model: z.string().optional(),
  stop_reason: z.string().nullish(),
  content: z.array(z.object({ type: z.string(), text: z.string().optional(), input: z.unknown().optional() })),
  usage: z
    .object({
      input_tokens: tokens,
      output_tokens: tokens,
      cache_read_input_tokens: tokens.nullish(),
      cache_creation_input_tokens: tokens.nullish(),
    })
    .nullish(),
});
type Way = 'structured output' | 'forced tool';

const batchShape = z.object({
  id: z.string().min(1),
  processing_status: z.string(),
  request_counts: z.object({ processing: tokens, succeeded: tokens, errored: tokens, canceled: tokens, expired: tokens }).nullish(),
});
const batchListShape = z.object({
  data: z.array(batchShape.extend({ created_at: z.string().nullish(), results_url: z.string().nullish() })),
  has_more: z.boolean().nullish(),
  last_id: z.string().nullish(),
});
const resultRow = z.object({
  custom_id: z.string(),
  result: z.object({ type: z.string(), message: z.unknown().optional(), error: z.unknown().optional() }),
});
const modelsShape = z.object({ data: z.array(z.object({ id: z.string(), display_name: z.string().optional() })) });

/** Anthropic's Messages API: structured output, or a forced tool where the model has none. */
export const anthropic = defineProvider({
  ...about,
  needsKey: true,
  needsBaseUrl: false,
  hosts: ['api.anthropic.com'],
  limits: { mostPictures: 100, pictureBytes: 5 * 1024 * 1024, questionBytes: 32 * 1024 * 1024 },
  takesBatches: true,
  connect(options) {
    const key = neededKey(options.key, about);
    const baseURL = options.baseUrl ? withoutPath(checkedBaseUrl(options.baseUrl, about.title), '/v1') : 'https://api.anthropic.com';
    const line: Line = { provider: about, key, fetch: options.fetch as HostFetch, auth: { 'x-api-key': key } };
    const ladder = createLadder<Way>(['structured output', 'forced tool']);
    // Given explicitly, so that the SDK looks for no other key, address or profile on this machine.
    const client = (fetch: SdkFetch) =>
      new Anthropic({
        apiKey: key,
        webhookKey: null,
        baseURL,
        maxRetries: 0,
        timeout: sdkTimeoutMs,
        logLevel: 'off',
        openTelemetry: false,
        fetch,
      });
    // `messages.create` writes to the console for models near their end; our own table says so where it is seen.
    const post = (fetch: SdkFetch, body: unknown) => client(fetch).post('/v1/messages', { body, headers: jsonHeaders });
    const bodies = createBodies<Way>(requestBody);
    const collect = async (id: string, { signal }: ReadOptions = {}): Promise<ReadonlyMap<string, OfferedOutcome>> => {
      const rows = await exchangeLines(line, signal, resultRow, (fetch) =>
        fetch(`${baseURL}/v1/messages/batches/${pathPart(id)}/results`, {
          method: 'GET',
          headers: { accept: 'application/x-jsonl', 'anthropic-version': '2023-06-01' },
        }),
      );
      return new Map(rows.map(({ reply }) => [reply.custom_id, outcomeOf(line, reply.result)]));
    };
    return {
      prepare: (model, question) => bodies.prepare(model, question, ladder.rungFor(model)),
      async send(model, question, { signal } = {}) {
        const { result, rung } = await ladder.climb(model, (way) =>
          exchangeAnswer(line, model, signal, messageShape, (fetch) => post(fetch, bodies.of(model, question, way))),
        );
        bodies.sent(question);
        const { reply, raw } = result;
        return replyFrom(reply, raw, model, rung);
      },
      async test(model, { signal } = {}) {
        if (model === undefined) {
          await exchange(line, model, signal, modelsShape, (fetch) => client(fetch).get('/v1/models'));
          return;
        }
        const body = { model, max_tokens: 16, messages: [{ role: 'user', content: 'Say ok.' }] };
        await exchange(line, model, signal, z.object({ content: z.array(z.unknown()) }), (fetch) => post(fetch, body));
      },
      async models({ signal } = {}) {
        const { reply } = await exchange(line, undefined, signal, modelsShape, (fetch) => client(fetch).get('/v1/models?limit=1000'));
        return reply.data.map(({ id, display_name }) => ({ id, title: display_name ?? id }));
      },
      batches: {
        priceFactor: 0.5,
        mostQuestions: 10_000,
        // A batch may hold 256 MB; smaller ones are sooner through a slow line.
        largestChars: 80_000_000,
        charsOf: (model, question) => jsonLength(requestBody(model, question, 'structured output')) + aroundChars,
        // A batch has no name here; its questions have, which come back with the answers.
        async submit(_name, model, questions, { signal } = {}) {
          const bodies = questions.map(({ id, question }) => ({
            custom_id: id,
            params: requestBody(model, question, 'structured output'),
          }));
          const body = await manyJsonBytes({ begin: '{"requests":[', bodies, between: ',', end: ']}' }, signal);
          const { reply } = await exchange(line, model, signal, batchShape, (fetch) =>
            client(fetch).post('/v1/messages/batches', { body, headers: jsonHeaders }),
          );
          return reply.id;
        },
        async find({ questionIds, sentAtMs }, options = {}) {
          const pageFrom = async (after: string | undefined) => {
            const from = after === undefined ? '' : `&after_id=${encodeURIComponent(after)}`;
            const { reply } = await exchange(line, undefined, options.signal, batchListShape, (fetch) =>
              client(fetch).get(`/v1/messages/batches?limit=100${from}`),
            );
            return { rows: reply.data, next: reply.has_more ? (reply.last_id ?? undefined) : undefined };
          };
          const own = new Set(questionIds);
          let undecided: string | undefined;
          for await (const row of batchesSince(sentAtMs, pageFrom, ({ created_at }) => Date.parse(created_at ?? ''))) {
            const counts = row.request_counts;
            if (counts && sumOf(counts) !== own.size) continue;
            if (row.processing_status !== 'ended') undecided = row.id;
            else if (row.results_url !== null) {
              const answered = await collect(row.id, options);
              if ([...answered.keys()].some((id) => own.has(id))) return { what: 'taken', id: row.id };
            }
          }
          return undecided === undefined ? { what: 'not taken' } : { what: 'undecided', id: undecided };
        },
        async poll(id, { signal } = {}) {
          const { reply } = await exchange(line, undefined, signal, batchShape, (fetch) =>
            client(fetch).get(`/v1/messages/batches/${pathPart(id)}`),
          );
          const counts = reply.request_counts;
          const done = counts ? sumOf(counts) - counts.processing : 0;
          return {
            state: reply.processing_status === 'ended' ? 'ended' : 'working',
            done,
            total: done + (counts?.processing ?? 0),
            detail: reply.processing_status,
          };
        },
        collect,
        async cancel(id, { signal } = {}) {
          await exchange(line, undefined, signal, batchShape, (fetch) =>
            client(fetch).post(`/v1/messages/batches/${pathPart(id)}/cancel`, { body: {} }),
          );
        },
      },
    };
  },
});

function replyFrom(reply: z.output<typeof messageShape>, raw: string, model: string, rung: Way): ProviderReply {
  const tool = reply.content.find((block) => block.type === 'tool_use');
  const stop = reply.stop_reason ?? '';
  return {
    text: tool ? jsonOr(tool.input, '') : reply.content.map((block) => (block.type === 'text' ? (block.text ?? '') : '')).join(''),
    finish:
      stop === 'refusal'
        ? 'refused'
        : stop === 'max_tokens' || stop === 'model_context_window_exceeded'
          ? 'length'
          : ['end_turn', 'tool_use', 'stop_sequence'].includes(stop)
            ? 'done'
            : 'other',
    rawFinish: stop,
    usage: {
      inputTokens:
        (reply.usage?.input_tokens ?? 0) + (reply.usage?.cache_read_input_tokens ?? 0) + (reply.usage?.cache_creation_input_tokens ?? 0),
      outputTokens: reply.usage?.output_tokens ?? 0,
      cachedInputTokens: reply.usage?.cache_read_input_tokens ?? 0,
      cacheWriteTokens: reply.usage?.cache_creation_input_tokens || undefined,
    },
    warnings: rung === 'forced tool' ? ['This model has no structured output; the answer was asked for as a tool call.'] : [],
    raw,
    model: reply.model ?? model,
  };
}

/** As JSON; the other for what is nested beyond measure. */
function jsonOr(value: unknown, other: string): string {
  try {
    return JSON.stringify(value) ?? other;
  } catch {
    return other;
  }
}

const kept = { cache_control: { type: 'ephemeral' } };

function requestBody(model: string, question: Question, way: Way) {
  const answer =
    way === 'structured output'
      ? { output_config: { format: { type: 'json_schema', schema: question.schema } } }
      : {
          tools: [{ name: question.schemaName, description: 'Give the answer.', input_schema: question.schema }],
          tool_choice: { type: 'tool', name: question.schemaName },
        };
  return {
    model,
    // Kept at the provider for a few minutes, with the parts that are the same for every group of the run.
    system: [{ type: 'text', text: question.system, ...(question.stableParts === undefined ? {} : kept) }],
    max_tokens: question.maxOutputTokens,
    messages: [
      {
        role: 'user',
        content: question.parts.map((part, index) => ({
          ...(part.kind === 'text'
            ? { type: 'text', text: part.text }
            : { type: 'image', source: { type: 'base64', media_type: part.image.mediaType, data: new PictureText(part.image) } }),
          ...(index + 1 === question.stableParts ? kept : {}),
        })),
      },
    ],
    ...answer,
    ...(question.temperature === undefined ? {} : { temperature: question.temperature }),
  };
}

function sumOf(counts: NonNullable<z.output<typeof batchShape>['request_counts']>): number {
  return counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired;
}

const statusOfError: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  timeout_error: 504,
  overloaded_error: 529,
};

function outcomeOf(line: Line, result: z.output<typeof resultRow>['result']): OfferedOutcome {
  if (result.type === 'expired' || result.type === 'canceled') return neverAsked(line, result.type);
  if (result.type === 'errored') {
    const type = /"type":"([a-z_]+_error|request_too_large)"/.exec(JSON.stringify(result.error ?? {}))?.[1] ?? '';
    return offeredFailure(line, Object.hasOwn(statusOfError, type) ? statusOfError[type] : 500, result.error);
  }
  const parsed = messageShape.safeParse(result.message);
  if (!parsed.success) return offeredFailure(line, 200, {});
  return { ok: true, reply: replyFrom(parsed.data, JSON.stringify(result.message), parsed.data.model ?? '', 'structured output') };
}
