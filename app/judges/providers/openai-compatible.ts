import { z } from 'zod';
import { Failure } from '../../failure.ts';
import { defineProvider, type Question } from '../judge.ts';
import { checkedBaseUrl, withPath } from '../wire/base-url.ts';
import { exchange, exchangeAnswer, type Line, type SdkFetch } from '../wire/exchange.ts';
import { jsonHeaders } from '../wire/headers.ts';
import type { HostFetch } from '../wire/host-fetch.ts';
import { createLadder } from '../wire/ladder.ts';
import { openaiClient } from '../wire/openai-client.ts';
import { createBodies, PictureText } from '../wire/request-body.ts';
import { schemaText } from '../wire/schema-text.ts';

const about = { id: 'openai-compatible', title: 'the OpenAI-compatible server' } as const;
const tokens = z.number().int().nonnegative().catch(0);
const text = z.string().nullish();

const completionShape = z.object({
  model: z.string().nullish(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({
          content: z.union([z.string(), z.array(z.object({ type: z.string(), text: z.string().optional() }))]).nullish(),
          refusal: text,
          tool_calls: z.array(z.object({ function: z.object({ arguments: text }).nullish() })).nullish(),
        }),
      }),
    )
    .min(1),
  usage: z
    .object({
      prompt_tokens: tokens.nullish(),
      completion_tokens: tokens.nullish(),
      prompt_tokens_details: z.object({ cached_tokens: tokens.nullish() }).nullish(),
    })
    .nullish(),
});
const modelsShape = z.object({ data: z.array(z.object({ id: z.string() })).nullable() });

type Way = 'json_schema' | 'json_object' | 'text';

/** Any server that speaks chat completions: Ollama, LM Studio, vLLM, LiteLLM, llama.cpp, a gateway. */
export const openaiCompatible = defineProvider({
  ...about,
  title: 'OpenAI-compatible server',
  needsKey: false,
  needsBaseUrl: true,
  hosts: [],
  limits: { mostPictures: 100, pictureBytes: 20 * 1024 * 1024, questionBytes: 50 * 1024 * 1024 },
  takesBatches: false,
  connect(options) {
    if (!options.baseUrl?.trim()) {
      throw new Failure('input.invalid', 'Enter the address of the OpenAI-compatible server, such as http://127.0.0.1:11434/v1.', {
        field: 'baseUrl',
        wholeRun: true,
      });
    }
    const baseURL = withPath(checkedBaseUrl(options.baseUrl, about.title), '/v1');
    const key = options.key?.trim() || undefined;
    const line: Line = {
      provider: about,
      key,
      fetch: options.fetch as HostFetch,
      auth: key === undefined ? {} : { authorization: `Bearer ${key}` },
    };
    const ladder = createLadder<Way>(['json_schema', 'json_object', 'text']);
    // The SDK wants a key; the header is set or left out by the exchange.
    const client = (fetch: SdkFetch) => openaiClient(key ?? 'none', baseURL, fetch);
    const list = async (signal: AbortSignal | undefined) => {
      const { reply } = await exchange(line, undefined, signal, modelsShape, (fetch) => client(fetch).get('/models'));
      return (reply.data ?? []).map(({ id }) => ({ id, title: id }));
    };
    const bodies = createBodies<Way>(requestBody);
    return {
      prepare: (model, question) => bodies.prepare(model, question, ladder.rungFor(model)),
      async send(model, question, { signal } = {}) {
        const { result, rung } = await ladder.climb(model, (way) =>
          exchangeAnswer(line, model, signal, completionShape, (fetch) =>
            fetch(`${baseURL}/chat/completions`, { method: 'POST', headers: jsonHeaders, body: bodies.of(model, question, way) }),
          ),
        );
        bodies.sent(question);
        const { reply, raw } = result;
        const { message, finish_reason: reason } = reply.choices[0];
        const content = message.content ?? '';
        const words = typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('');
        // Some servers hold a model to a schema by a tool, and leave the answer in its call.
        const said = words.trim() === '' ? (message.tool_calls?.[0]?.function?.arguments ?? '') : words;
        const refused = Boolean(message.refusal) || reason === 'content_filter';
        return {
          text: said === '' && message.refusal ? message.refusal : said,
          finish: refused ? 'refused' : reason === 'length' ? 'length' : reason === 'stop' || reason == null ? 'done' : 'other',
          rawFinish: reason ?? '',
          usage: {
            inputTokens: reply.usage?.prompt_tokens ?? 0,
            outputTokens: reply.usage?.completion_tokens ?? 0,
            cachedInputTokens: reply.usage?.prompt_tokens_details?.cached_tokens ?? 0,
          },
          warnings: rung === 'json_schema' ? [] : [`The server takes no JSON schema; the answer was asked for as ${asked[rung]}.`],
          raw,
          model: reply.model ?? model,
        };
      },
      async test(model, { signal } = {}) {
        if (model === undefined) {
          await list(signal);
          return;
        }
        await exchange(line, model, signal, completionShape, (fetch) =>
          client(fetch).chat.completions.create({ model, max_tokens: 16, messages: [{ role: 'user', content: 'Say ok.' }] }),
        );
      },
      models: ({ signal } = {}) => list(signal),
    };
  },
});

const asked: Record<Way, string> = { json_schema: 'JSON', json_object: 'a JSON object', text: 'JSON text' };

function requestBody(model: string, question: Question, way: Way) {
  const format =
    way === 'json_schema'
      ? { response_format: { type: 'json_schema', json_schema: { name: question.schemaName, schema: question.schema, strict: true } } }
      : way === 'json_object'
        ? { response_format: { type: 'json_object' } }
        : {};
  const content: unknown[] = question.parts.map((part) =>
    part.kind === 'text'
      ? { type: 'text', text: part.text }
      : { type: 'image_url', image_url: { url: new PictureText(part.image, `data:${part.image.mediaType};base64,`) } },
  );
  if (way !== 'json_schema') content.push({ type: 'text', text: schemaText(question) });
  return {
    model,
    messages: [
      { role: 'system', content: question.system },
      { role: 'user', content },
    ],
    max_tokens: question.maxOutputTokens,
    ...format,
    ...(question.temperature === undefined ? {} : { temperature: question.temperature }),
  };
}
