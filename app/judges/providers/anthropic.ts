import Anthropic from '@anthropic-ai/sdk';
import { z } from 'zod';
import { defineProvider, type Question } from '../judge.ts';
import { checkedBaseUrl, withoutPath } from '../wire/base-url.ts';
import { base64 } from '../wire/base64.ts';
import { exchange, type Line, neededKey, type SdkFetch, sdkTimeoutMs } from '../wire/exchange.ts';
import type { HostFetch } from '../wire/host-fetch.ts';
import { createLadder } from '../wire/ladder.ts';

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
const modelsShape = z.object({ data: z.array(z.object({ id: z.string(), display_name: z.string().optional() })) });

/** Anthropic's Messages API: structured output, or a forced tool where the model has none. */
export const anthropic = defineProvider({
  ...about,
  needsKey: true,
  needsBaseUrl: false,
  hosts: ['api.anthropic.com'],
  connect(options) {
    const key = neededKey(options.key, about);
    const baseURL = options.baseUrl ? withoutPath(checkedBaseUrl(options.baseUrl, about.title), '/v1') : 'https://api.anthropic.com';
    const line: Line = { provider: about, key, fetch: options.fetch as HostFetch, auth: { 'x-api-key': key } };
    const ladder = createLadder(['structured output', 'forced tool']);
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
    const post = (fetch: SdkFetch, body: unknown) => client(fetch).post('/v1/messages', { body });
    return {
      async send(model, question, { signal } = {}) {
        const { result, rung } = await ladder.climb(model, (way) =>
          exchange(line, model, signal, messageShape, (fetch) => post(fetch, requestBody(model, question, way))),
        );
        const { reply, raw } = result;
        const tool = reply.content.find((block) => block.type === 'tool_use');
        const stop = reply.stop_reason ?? '';
        return {
          text: tool
            ? JSON.stringify(tool.input)
            : reply.content.map((block) => (block.type === 'text' ? (block.text ?? '') : '')).join(''),
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
              (reply.usage?.input_tokens ?? 0) +
              (reply.usage?.cache_read_input_tokens ?? 0) +
              (reply.usage?.cache_creation_input_tokens ?? 0),
            outputTokens: reply.usage?.output_tokens ?? 0,
            cachedInputTokens: reply.usage?.cache_read_input_tokens ?? 0,
          },
          warnings: rung === 'forced tool' ? ['This model has no structured output; the answer was asked for as a tool call.'] : [],
          raw,
          model: reply.model ?? model,
        };
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
    };
  },
});

function requestBody(model: string, question: Question, way: 'structured output' | 'forced tool') {
  const answer =
    way === 'structured output'
      ? { output_config: { format: { type: 'json_schema', schema: question.schema } } }
      : {
          tools: [{ name: question.schemaName, description: 'Give the answer.', input_schema: question.schema }],
          tool_choice: { type: 'tool', name: question.schemaName },
        };
  return {
    model,
    system: question.system,
    max_tokens: question.maxOutputTokens,
    messages: [
      {
        role: 'user',
        content: question.parts.map((part) =>
          part.kind === 'text'
            ? { type: 'text', text: part.text }
            : { type: 'image', source: { type: 'base64', media_type: part.image.mediaType, data: base64(part.image.bytes) } },
        ),
      },
    ],
    ...answer,
    ...(question.temperature === undefined ? {} : { temperature: question.temperature }),
  };
}
