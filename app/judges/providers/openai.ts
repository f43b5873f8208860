import OpenAI from 'openai';
import { z } from 'zod';
import { defineProvider, type Question } from '../judge.ts';
import { checkedBaseUrl, withPath } from '../wire/base-url.ts';
import { base64 } from '../wire/base64.ts';
import { exchange, type Line, neededKey, type SdkFetch, sdkTimeoutMs } from '../wire/exchange.ts';
import type { HostFetch } from '../wire/host-fetch.ts';

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
const modelsShape = z.object({ data: z.array(z.object({ id: z.string() })) });

/** OpenAI's Responses API, with the answer held to the schema. */
export const openai = defineProvider({
  ...about,
  needsKey: true,
  needsBaseUrl: false,
  hosts: ['api.openai.com'],
  connect(options) {
    const key = neededKey(options.key, about);
    const baseURL = options.baseUrl ? withPath(checkedBaseUrl(options.baseUrl, about.title), '/v1') : 'https://api.openai.com/v1';
    const line: Line = { provider: about, key, fetch: options.fetch as HostFetch, auth: { authorization: `Bearer ${key}` } };
    // Everything that the SDK would look up in the environment is given or ruled out.
    const client = (fetch: SdkFetch) =>
      new OpenAI({
        apiKey: key,
        adminAPIKey: null,
        organization: null,
        project: null,
        webhookSecret: null,
        baseURL,
        maxRetries: 0,
        timeout: sdkTimeoutMs,
        logLevel: 'off',
        fetch,
      });
    return {
      async send(model, question, { signal } = {}) {
        const { reply, raw } = await exchange(line, model, signal, responseShape, (fetch) =>
          client(fetch).responses.create(requestBody(model, question)),
        );
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
    };
  },
});

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
                image_url: `data:${part.image.mediaType};base64,${base64(part.image.bytes)}`,
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
