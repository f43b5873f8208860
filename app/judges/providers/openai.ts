import { z } from 'zod';
import { defineProvider, type OfferedOutcome, type ProviderReply, type Question } from '../judge.ts';
import { checkedBaseUrl, withPath } from '../wire/base-url.ts';
import { batchesSince } from '../wire/batch-list.ts';
import { exchange, exchangeAnswer, exchangeLines, type Line, neededKey, type SdkFetch } from '../wire/exchange.ts';
import { getJson, jsonHeaders, pathPart } from '../wire/headers.ts';
import type { HostFetch } from '../wire/host-fetch.ts';
import { neverAsked, offeredFailure } from '../wire/offered-failure.ts';
import { openaiClient } from '../wire/openai-client.ts';
import { aroundChars, createBodies, jsonLength, manyJsonBytes, PictureText } from '../wire/request-body.ts';

const about = { id: 'openai', title: 'OpenAI' } as const;
const tokens = z.number().int().nonnegative().catch(0);

const responseShape = z.object({
  model: z.string().optional(),
  status: z.string().optional(),
  incomplete_details: z.object({ reason: z.string().optional() }).nullish(),
  output: z.array(
    z.object({
      type: z.string(),
      content: z.array(z.object({ type: z.string(), text: z.string().optional(), refusal: z.string().optional() })).nullish(),
    }),
  ),
  usage: z
    .object({ input_tokens: tokens, output_tokens: tokens, input_tokens_details: z.object({ cached_tokens: tokens }).nullish() })
    .nullish(),
});
const idShape = z.object({ id: z.string().min(1) });
const batchShape = z.object({
  status: z.string(),
  output_file_id: z.string().nullish(),
  error_file_id: z.string().nullish(),
  errors: z.object({ data: z.array(z.object({ message: z.string().nullish() })).nullish() }).nullish(),
  request_counts: z.object({ total: tokens, completed: tokens, failed: tokens }).nullish(),
});
const batchListShape = z.object({
  data: z.array(
    z.object({ id: z.string().min(1), created_at: z.number().nullish(), metadata: z.record(z.string(), z.unknown()).nullish() }),
  ),
  has_more: z.boolean().nullish(),
});
const batchRow = z.object({
  custom_id: z.string(),
  response: z.object({ status_code: z.number(), body: z.unknown() }).nullish(),
  error: z.object({ code: z.string().nullish(), message: z.string().nullish() }).nullish(),
});
const modelsShape = z.object({ data: z.array(z.object({ id: z.string() })) });

/** OpenAI's Responses API, with the answer held to the schema. */
export const openai = defineProvider({
  ...about,
  needsKey: true,
  needsBaseUrl: false,
  hosts: ['api.openai.com'],
  limits: { mostPictures: 500, pictureBytes: 20 * 1024 * 1024, questionBytes: 50 * 1024 * 1024 },
  takesBatches: true,
  connect(options) {
    const key = neededKey(options.key, about);
    const baseURL = options.baseUrl ? withPath(checkedBaseUrl(options.baseUrl, about.title), '/v1') : 'https://api.openai.com/v1';
    const line: Line = { provider: about, key, fetch: options.fetch as HostFetch, auth: { authorization: `Bearer ${key}` } };
    const client = (fetch: SdkFetch) => openaiClient(key, baseURL, fetch);
    const bodies = createBodies<'json_schema'>(requestBody);
    return {
      prepare: (model, question) => bodies.prepare(model, question, 'json_schema'),
      async send(model, question, { signal } = {}) {
        // Not through the SDK, which would look through everything once more.
        const body = bodies.of(model, question, 'json_schema');
        const { reply, raw } = await exchangeAnswer(line, model, signal, responseShape, (fetch) =>
          fetch(`${baseURL}/responses`, { method: 'POST', headers: jsonHeaders, body }),
        );
        bodies.sent(question);
        return replyFrom(reply, raw, model);
      },
      async test(model, { signal } = {}) {
        if (model === undefined) {
          await exchange(line, model, signal, modelsShape, (fetch) => client(fetch).get('/models'));
          return;
        }
        await exchange(line, model, signal, z.object({ output: z.array(z.unknown()) }), (fetch) =>
          client(fetch).responses.create({ model, input: 'Say ok.', max_output_tokens: 16, store: false }),
        );
      },
      async models({ signal } = {}) {
        const { reply } = await exchange(line, undefined, signal, modelsShape, (fetch) => client(fetch).get('/models'));
        return reply.data.map(({ id }) => ({ id, title: id })).sort((a, b) => a.id.localeCompare(b.id));
      },
      batches: {
        priceFactor: 0.5,
        mostQuestions: 10_000,
        // A file may hold 200 MB; smaller ones are sooner through a slow line.
        largestChars: 80_000_000,
        charsOf: (model, question) => jsonLength(requestBody(model, question)) + aroundChars,
        async submit(name, model, questions, { signal } = {}) {
          const lines = questions.map(({ id, question }) => ({
            custom_id: id,
            method: 'POST',
            url: '/v1/responses',
            body: requestBody(model, question),
          }));
          const form = await fileForm(name, lines, signal);
          const { reply: file } = await exchange(line, model, signal, idShape, (fetch) =>
            fetch(`${baseURL}/files`, { method: 'POST', ...form }),
          );
          const metadata = { samecell: name };
          const body = JSON.stringify({ input_file_id: file.id, endpoint: '/v1/responses', completion_window: '24h', metadata });
          const { reply } = await exchange(line, model, signal, idShape, (fetch) =>
            fetch(`${baseURL}/batches`, { method: 'POST', headers: jsonHeaders, body }),
          );
          return reply.id;
        },
        async find({ name, sentAtMs }, { signal } = {}) {
          const pageFrom = async (after: string | undefined) => {
            const from = after === undefined ? '' : `&after=${encodeURIComponent(after)}`;
            const { reply } = await exchange(line, undefined, signal, batchListShape, (fetch) =>
              fetch(`${baseURL}/batches?limit=100${from}`, getJson),
            );
            return { rows: reply.data, next: reply.has_more ? reply.data.at(-1)?.id : undefined };
          };
          for await (const { id, metadata } of batchesSince(sentAtMs, pageFrom, (row) => (row.created_at ?? Number.NaN) * 1000))
            if (metadata?.['samecell'] === name) return { what: 'taken', id };
          return { what: 'not taken' };
        },
        async poll(id, { signal } = {}) {
          const { reply } = await exchange(line, undefined, signal, batchShape, (fetch) =>
            fetch(`${baseURL}/batches/${pathPart(id)}`, getJson),
          );
          const why = reply.errors?.data?.[0]?.message;
          return {
            state:
              reply.status === 'failed' ? 'failed' : ['completed', 'expired', 'cancelled'].includes(reply.status) ? 'ended' : 'working',
            done: (reply.request_counts?.completed ?? 0) + (reply.request_counts?.failed ?? 0),
            total: reply.request_counts?.total ?? 0,
            detail: why ? `${reply.status}: ${why}` : reply.status,
          };
        },
        async collect(id, { signal } = {}) {
          const { reply: batch } = await exchange(line, undefined, signal, batchShape, (fetch) =>
            fetch(`${baseURL}/batches/${pathPart(id)}`, getJson),
          );
          const outcomes = new Map<string, OfferedOutcome>();
          for (const file of [batch.output_file_id, batch.error_file_id]) {
            if (!file) continue;
            const rows = await exchangeLines(line, signal, batchRow, (fetch) =>
              fetch(`${baseURL}/files/${pathPart(file)}/content`, getJson),
            );
            for (const { reply: row } of rows) outcomes.set(row.custom_id, outcomeOf(line, row));
          }
          return outcomes;
        },
        async cancel(id, { signal } = {}) {
          await exchange(line, undefined, signal, idShape, (fetch) =>
            fetch(`${baseURL}/batches/${pathPart(id)}/cancel`, { method: 'POST', headers: jsonHeaders }),
          );
        },
      },
    };
  },
});

function replyFrom(reply: z.output<typeof responseShape>, raw: string, model: string): ProviderReply {
  const parts = reply.output.flatMap((item) => (item.type === 'message' ? (item.content ?? []) : []));
  const refusal = parts.find((part) => part.type === 'refusal');
  const why = reply.incomplete_details?.reason;
  const rawFinish = why ?? reply.status ?? '';
  return {
    text: refusal ? (refusal.refusal ?? '') : parts.map((part) => (part.type === 'output_text' ? (part.text ?? '') : '')).join(''),
    finish:
      refusal || why === 'content_filter'
        ? 'refused'
        : why === 'max_output_tokens'
          ? 'length'
          : reply.status === 'completed' || reply.status === undefined
            ? 'done'
            : 'other',
    rawFinish,
    usage: {
      inputTokens: reply.usage?.input_tokens ?? 0,
      outputTokens: reply.usage?.output_tokens ?? 0,
      cachedInputTokens: reply.usage?.input_tokens_details?.cached_tokens ?? 0,
    },
    warnings: [],
    raw,
    model: reply.model ?? model,
  };
}

function requestBody(model: string, question: Question) {
  return {
    model,
    instructions: question.system,
    input: [
      {
        role: 'user',
        content: question.parts.map((part) =>
          part.kind === 'text'
            ? { type: 'input_text', text: part.text }
            : {
                type: 'input_image',
                image_url: new PictureText(part.image, `data:${part.image.mediaType};base64,`),
                detail: 'high',
              },
        ),
      },
    ],
    text: { format: { type: 'json_schema', name: question.schemaName, schema: question.schema, strict: true } },
    max_output_tokens: question.maxOutputTokens,
    // Nothing is kept at the provider beyond the answer.
    store: false,
    ...(question.temperature === undefined ? {} : { temperature: question.temperature }),
  };
}

/** The lines as a file, as a form with its two fields. */
async function fileForm(name: string, lines: readonly unknown[], signal: AbortSignal | undefined) {
  const edge = 'samecell-form-5f2c9b7e1d';
  const field = (name: string, more: string) => `--${edge}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`;
  const file = field('file', `; filename="samecell-${name}.jsonl"\r\nContent-Type: application/jsonl`);
  const begin = `${field('purpose', '')}batch\r\n${file}`;
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${edge}`, accept: jsonHeaders.accept },
    body: await manyJsonBytes({ begin, bodies: lines, between: '\n', end: `\r\n--${edge}--\r\n` }, signal),
  };
}

function outcomeOf(line: Line, row: z.output<typeof batchRow>): OfferedOutcome {
  if (row.response == null) {
    const why = row.error?.code ?? row.error?.message ?? 'no answer';
    return /expired|cancel/i.test(why) ? neverAsked(line, why) : offeredFailure(line, 400, { error: row.error });
  }
  if (row.response.status_code >= 400) return offeredFailure(line, row.response.status_code, row.response.body);
  const parsed = responseShape.safeParse(row.response.body);
  if (!parsed.success) return offeredFailure(line, 200, {});
  return { ok: true, reply: replyFrom(parsed.data, JSON.stringify(row.response.body), parsed.data.model ?? '') };
}
