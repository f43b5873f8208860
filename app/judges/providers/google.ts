import { GoogleGenerativeAI } from '@google/generative-ai';
import { z } from 'zod';
import { defineProvider, type OfferedOutcome, type ProviderReply, type Question } from '../judge.ts';
import { checkedBaseUrl, withoutPath } from '../wire/base-url.ts';
import { batchesSince } from '../wire/batch-list.ts';
import { exchange, exchangeAnswer, type Line, neededKey, type SdkFetch } from '../wire/exchange.ts';
import { getJson, jsonHeaders, pathPart } from '../wire/headers.ts';
import type { HostFetch } from '../wire/host-fetch.ts';
import { neverAsked, offeredFailure } from '../wire/offered-failure.ts';
import { aroundChars, createBodies, jsonLength, manyJsonBytes, PictureText } from '../wire/request-body.ts';

const about = { id: 'google', title: 'Google' } as const;
const tokens = z.number().int().nonnegative().catch(0);

const contentShape = z.object({
  modelVersion: z.string().optional(),
  promptFeedback: z.object({ blockReason: z.string().optional() }).nullish(),
  candidates: z
    .array(
      z.object({
        finishReason: z.string().optional(),
        content: z
          .object({ parts: z.array(z.object({ text: z.string().optional(), thought: z.boolean().optional() })).nullish() })
          .nullish(),
      }),
    )
    .optional(),
  usageMetadata: z
    .object({
      promptTokenCount: tokens.nullish(),
      candidatesTokenCount: tokens.nullish(),
      thoughtsTokenCount: tokens.nullish(),
      cachedContentTokenCount: tokens.nullish(),
    })
    .nullish(),
});
const jobShape = z.object({
  name: z.string().min(1),
  done: z.boolean().optional(),
  error: z.object({ message: z.string().optional() }).nullish(),
  metadata: z
    .object({
      state: z.string().optional(),
      batchStats: z
        .object({
          requestCount: z.coerce.number().catch(0),
          successfulRequestCount: z.coerce.number().catch(0),
          failedRequestCount: z.coerce.number().catch(0),
        })
        .partial()
        .nullish(),
    })
    .nullish(),
  response: z
    .object({
      inlinedResponses: z
        .object({
          inlinedResponses: z.array(
            z.object({
              metadata: z.object({ key: z.string() }).nullish(),
              response: z.unknown().optional(),
              error: z.object({ code: z.number().optional(), message: z.string().optional() }).nullish(),
            }),
          ),
        })
        .nullish(),
    })
    .nullish(),
});
const jobListShape = z.object({
  operations: z
    .array(
      z.object({
        name: z.string().min(1),
        metadata: z.object({ displayName: z.string().nullish(), createTime: z.string().nullish() }).nullish(),
      }),
    )
    .nullish(),
  nextPageToken: z.string().nullish(),
});
const modelsShape = z.object({
  models: z.array(
    z.object({ name: z.string(), displayName: z.string().optional(), supportedGenerationMethods: z.array(z.string()).optional() }),
  ),
});
const refusals = ['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'IMAGE_SAFETY', 'LANGUAGE'];

/** Google's generateContent, with the answer held to a response schema. */
export const google = defineProvider({
  ...about,
  needsKey: true,
  needsBaseUrl: false,
  hosts: ['generativelanguage.googleapis.com'],
  limits: { mostPictures: 3000, pictureBytes: 15 * 1024 * 1024, questionBytes: 20 * 1024 * 1024 },
  takesBatches: true,
  connect(options) {
    const key = neededKey(options.key, about);
    const baseUrl = options.baseUrl
      ? withoutPath(checkedBaseUrl(options.baseUrl, about.title), '/v1beta')
      : 'https://generativelanguage.googleapis.com';
    const line: Line = { provider: about, key, fetch: options.fetch as HostFetch, auth: { 'x-goog-api-key': key } };
    const sdkModel = (model: string) => new GoogleGenerativeAI(key).getGenerativeModel({ model }, { baseUrl });
    const get = (path: string, signal: AbortSignal | undefined) =>
      exchange(line, undefined, signal, modelsShape, (fetch) => fetch(`${baseUrl}/v1beta${path}`, getJson));
    const job = (id: string, signal: AbortSignal | undefined) =>
      exchange(line, undefined, signal, jobShape, (fetch) =>
        fetch(`${baseUrl}/v1beta/${jobPath(id)}`, { method: 'GET', headers: jsonHeaders }),
      );
    const bodies = createBodies<'schema'>((_, question) => requestBody(question));
    return {
      prepare: (model, question) => bodies.prepare(model, question, 'schema'),
      async send(model, question, { signal } = {}) {
        // Not through the SDK, which takes no bytes.
        const body = bodies.of(model, question, 'schema');
        const { reply, raw } = await exchangeAnswer(line, model, signal, contentShape, (fetch) =>
          fetch(`${baseUrl}/v1beta/models/${encodeURIComponent(model)}:generateContent`, { method: 'POST', headers: jsonHeaders, body }),
        );
        bodies.sent(question);
        return replyFrom(reply, raw, model);
      },
      async test(model, { signal } = {}) {
        if (model === undefined) {
          await get('/models?pageSize=1', signal);
          return;
        }
        const body = { contents: [{ role: 'user', parts: [{ text: 'Say ok.' }] }], generationConfig: { maxOutputTokens: 16 } };
        await exchange(line, model, signal, z.object({ candidates: z.array(z.unknown()).optional() }), (fetch) =>
          lendingFetch(fetch, () => sdkModel(model).generateContent(body)),
        );
      },
      async models({ signal } = {}) {
        const { reply } = await get('/models?pageSize=1000', signal);
        return reply.models
          .filter(({ supportedGenerationMethods: methods }) => methods === undefined || methods.includes('generateContent'))
          .map(({ name, displayName }) => ({ id: name.replace(/^models\//, ''), title: displayName ?? name }));
      },
      batches: {
        priceFactor: 0.5,
        mostQuestions: 10_000,
        // Questions that stand in the request itself may take 20 MB together.
        largestChars: 18_000_000,
        charsOf: (_, question) => jsonLength(requestBody(question)) + aroundChars,
        async submit(name, model, questions, { signal } = {}) {
          const bodies = questions.map(({ id, question }) => ({ request: requestBody(question), metadata: { key: id } }));
          const begin = `{"batch":{"display_name":${JSON.stringify(displayNameOf(name))},"input_config":{"requests":{"requests":[`;
          const body = await manyJsonBytes({ begin, bodies, between: ',', end: ']}}}}' }, signal);
          const { reply } = await exchange(line, model, signal, jobShape, (fetch) =>
            fetch(`${baseUrl}/v1beta/models/${encodeURIComponent(model)}:batchGenerateContent`, {
              method: 'POST',
              headers: jsonHeaders,
              body,
            }),
          );
          return reply.name;
        },
        async find({ name, sentAtMs }, { signal } = {}) {
          const pageFrom = async (token: string | undefined) => {
            const from = token === undefined ? '' : `&pageToken=${encodeURIComponent(token)}`;
            const { reply } = await exchange(line, undefined, signal, jobListShape, (fetch) =>
              fetch(`${baseUrl}/v1beta/batches?pageSize=100${from}`, { method: 'GET', headers: jsonHeaders }),
            );
            return { rows: reply.operations ?? [], next: reply.nextPageToken ?? undefined };
          };
          for await (const row of batchesSince(sentAtMs, pageFrom, ({ metadata }) => Date.parse(metadata?.createTime ?? '')))
            if (row.metadata?.displayName === displayNameOf(name)) return { what: 'taken', id: row.name };
          return { what: 'not taken' };
        },
        async poll(id, { signal } = {}) {
          const { reply } = await job(id, signal);
          const state = stateOf(reply);
          const stats = reply.metadata?.batchStats;
          return {
            state:
              ['FAILED', 'EXPIRED'].includes(state) && !reply.response?.inlinedResponses ? 'failed' : isOver(state) ? 'ended' : 'working',
            done: (stats?.successfulRequestCount ?? 0) + (stats?.failedRequestCount ?? 0),
            total: stats?.requestCount ?? 0,
            detail: reply.error?.message ? `${state}: ${reply.error.message}` : state,
          };
        },
        async collect(id, { signal } = {}) {
          const { reply } = await job(id, signal);
          const rows = reply.response?.inlinedResponses?.inlinedResponses ?? [];
          return new Map(rows.flatMap((row) => (row.metadata ? [[row.metadata.key, outcomeOf(line, row)] as const] : [])));
        },
        async cancel(id, { signal } = {}) {
          await exchange(line, undefined, signal, z.object({}), (fetch) =>
            fetch(`${baseUrl}/v1beta/${jobPath(id)}:cancel`, { method: 'POST', headers: jsonHeaders, body: '{}' }),
          );
        },
      },
    };
  },
});

function replyFrom(reply: z.output<typeof contentShape>, raw: string, model: string): ProviderReply {
  const candidate = reply.candidates?.[0];
  const blocked = reply.promptFeedback?.blockReason;
  const reason = blocked ?? candidate?.finishReason ?? '';
  return {
    text: (candidate?.content?.parts ?? []).map((part) => (part.thought ? '' : (part.text ?? ''))).join(''),
    finish:
      blocked !== undefined || refusals.includes(reason)
        ? 'refused'
        : reason === 'MAX_TOKENS'
          ? 'length'
          : reason === 'STOP'
            ? 'done'
            : 'other',
    rawFinish: reason,
    usage: {
      inputTokens: reply.usageMetadata?.promptTokenCount ?? 0,
      outputTokens: (reply.usageMetadata?.candidatesTokenCount ?? 0) + (reply.usageMetadata?.thoughtsTokenCount ?? 0),
      cachedInputTokens: reply.usageMetadata?.cachedContentTokenCount ?? 0,
    },
    warnings: [],
    raw,
    model: reply.modelVersion ?? model,
  };
}

/**
 * This SDK takes no `fetch` of ours: it reads the global one, once and before it first waits. The global is lent
 * for exactly that moment, within one turn, so nothing else can see it.
 */
function lendingFetch<T>(fetch: SdkFetch, call: () => Promise<T>): Promise<T> {
  const host = globalThis as { fetch?: unknown };
  const own = Object.getOwnPropertyDescriptor(host, 'fetch');
  Object.defineProperty(host, 'fetch', { value: fetch, configurable: true, writable: true });
  try {
    return call();
  } finally {
    if (own) Object.defineProperty(host, 'fetch', own);
    else delete host.fetch;
  }
}

function requestBody(question: Question) {
  return {
    systemInstruction: { role: 'system', parts: [{ text: question.system }] },
    contents: [
      {
        role: 'user',
        parts: question.parts.map((part) =>
          part.kind === 'text'
            ? { text: part.text }
            : { inlineData: { mimeType: part.image.mediaType, data: new PictureText(part.image) } },
        ),
      },
    ],
    generationConfig: {
      responseMimeType: 'application/json',
      responseSchema: openApiSchema(question.schema),
      maxOutputTokens: question.maxOutputTokens,
      ...(question.temperature === undefined ? {} : { temperature: question.temperature }),
    },
  };
}

/** Google's schema dialect: no `additionalProperties`, and the order of the answer said apart. */
function openApiSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(openApiSchema);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { additionalProperties: _, properties, ...rest } = schema as Record<string, unknown>;
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(rest)) out[name] = name === 'items' ? openApiSchema(value) : value;
  if (typeof properties === 'object' && properties !== null) {
    out['properties'] = Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, openApiSchema(value)]));
    out['propertyOrdering'] = Object.keys(properties);
  }
  return out;
}

function displayNameOf(name: string): string {
  return `samecell-${name}`;
}

function jobPath(name: string): string {
  return `batches/${pathPart(name.replace(/^batches\//, ''))}`;
}

/** "SUCCEEDED", "RUNNING", …: with and without the words before it, as both are in use. */
function stateOf(reply: z.output<typeof jobShape>): string {
  const state = (reply.metadata?.state ?? '').replace(/^(BATCH|JOB)_STATE_/, '');
  return state !== '' ? state : reply.error ? 'FAILED' : reply.done ? 'SUCCEEDED' : 'PENDING';
}

function isOver(state: string): boolean {
  return ['SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED'].includes(state);
}

type Inlined = NonNullable<NonNullable<NonNullable<z.output<typeof jobShape>['response']>['inlinedResponses']>>['inlinedResponses'][number];

/** Numbers of google.rpc.Code as HTTP says them. */
const statusOfCode: Readonly<Record<number, number>> = { 3: 400, 4: 504, 7: 403, 8: 429, 13: 500, 14: 503, 16: 401 };

function outcomeOf(line: Line, row: Inlined): OfferedOutcome {
  if (row.error) {
    if (row.error.code === 1 || /expired/i.test(row.error.message ?? '')) return neverAsked(line, row.error.message ?? 'cancelled');
    return offeredFailure(line, statusOfCode[row.error.code ?? 13] ?? 500, { error: row.error });
  }
  const parsed = contentShape.safeParse(row.response);
  if (!parsed.success) return offeredFailure(line, 200, {});
  return { ok: true, reply: replyFrom(parsed.data, JSON.stringify(row.response), parsed.data.modelVersion ?? '') };
}
