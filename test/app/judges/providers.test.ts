import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Failure, isFailure } from '../../../app/failure.ts';
import type { Connection } from '../../../app/judges/judge.ts';
import { type ProviderId, providerById, providers } from '../../../app/judges/registry.ts';
import { parseVerdict } from '../../../app/judges/verdict.ts';
import { loopbackFetch } from '../../fixtures/servers/loopback-fetch.ts';
import {
  type Arrived,
  type Behaviour,
  fittingVerdict,
  type ProviderServer,
  startProviderServer,
} from '../../fixtures/servers/provider-server.ts';
import { sampleInput, samplePicture, sampleQuestion } from './sample-question.ts';

// Shaped like no provider's own, so that only exact removal can hide it.
const canary = 'canary.7Qx-4411-do.not.leak';

async function serve(behave?: (request: Arrived) => Behaviour): Promise<ProviderServer> {
  const server = await startProviderServer(behave);
  onTestFinished(() => server.close());
  return server;
}

function connect(id: ProviderId, origin: string, key: string | undefined = canary): Connection {
  return providerById(id).connect({ key, baseUrl: origin, fetch: loopbackFetch });
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

/** Everything that an error could carry to a log or a screen. */
function everythingIn(error: Failure): string {
  let text = '';
  let at: unknown = error;
  while (at instanceof Error) {
    text += `${at.message} ${at.stack} ${JSON.stringify(at)} ${JSON.stringify((at as Failure).details ?? null)}`;
    at = at.cause;
  }
  return text;
}

const keyHeader: Record<ProviderId, (headers: Arrived['headers']) => unknown> = {
  openai: (headers) => headers.authorization,
  anthropic: (headers) => headers['x-api-key'],
  google: (headers) => headers['x-goog-api-key'],
  'openai-compatible': (headers) => headers.authorization,
};

describe.each(providers.map(({ id }) => id))('%s', (id) => {
  it('sends the words, every picture byte for byte, the key in its header only, and asks for the schema', async () => {
    const server = await serve();
    const { question, expected } = sampleQuestion();
    const reply = await connect(id, server.origin).send('model-here', question);

    expect(server.arrived).toHaveLength(1);
    const [seen] = server.arrived;
    expect(seen.protocol).toBe(id);
    expect(seen.images.map((image) => Buffer.from(image.base64, 'base64'))).toEqual(
      sampleInput.pictures.map((picture) => Buffer.from(picture.bytes)),
    );
    expect(seen.images.map((image) => image.mediaType)).toEqual(['image/png', 'image/png']);
    expect(seen.words).toContain(question.system);
    for (const part of question.parts) if (part.kind === 'text') expect(seen.words).toContain(part.text);
    expect(Object.keys((seen.schema?.['properties'] ?? {}) as object)).toEqual(['features', 'reasoning', 'verdict', 'confidence']);
    expect(keyHeader[id](seen.headers)).toBe(id.startsWith('openai') ? `Bearer ${canary}` : canary);
    expect(seen.bodyText + seen.path).not.toContain(canary);
    expect(Object.keys(seen.headers).filter((name) => name.startsWith('x-stainless'))).toEqual([]);

    expect(reply.finish).toBe('done');
    expect(reply.usage).toEqual({ inputTokens: 1000, outputTokens: 100, cachedInputTokens: 10 });
    expect(reply.model).toBe(id === 'google' ? 'gemini-here-001' : 'model-here');
    expect(parseVerdict(reply.text, expected)).toMatchObject({ ok: true, verdict: { verdict: 'merge', confidence: 0.9 } });
    expect(JSON.parse(reply.raw)).toBeTypeOf('object');
    expect(JSON.stringify(reply)).not.toContain(canary);
  });

  it('keeps pictures between the words they belong to', async () => {
    const server = await serve();
    await connect(id, server.origin).send('model-here', sampleQuestion().question);
    const { bodyText } = server.arrived[0];
    const places = sampleInput.pictures.map((picture) => [
      bodyText.indexOf(picture.caption),
      bodyText.indexOf(Buffer.from(picture.bytes).toString('base64')),
    ]);
    expect(places.flat().every((place) => place > 0)).toBe(true);
    expect(places.flat()).toEqual([...places.flat()].sort((a, b) => a - b));
  });

  it('takes nothing from the environment', async () => {
    for (const name of [
      'OPENAI_API_KEY',
      'OPENAI_ADMIN_KEY',
      'OPENAI_BASE_URL',
      'OPENAI_ORG_ID',
      'OPENAI_PROJECT_ID',
      'ANTHROPIC_API_KEY',
      'ANTHROPIC_AUTH_TOKEN',
      'ANTHROPIC_BASE_URL',
      'GOOGLE_API_KEY',
    ])
      vi.stubEnv(name, name.endsWith('URL') ? 'https://elsewhere.invalid' : `from-environment-${name}`);
    for (const name of ['OPENAI_CUSTOM_HEADERS', 'ANTHROPIC_CUSTOM_HEADERS'])
      vi.stubEnv(name, 'authorization: Bearer from-environment\nx-from-environment: yes\nx-api-key: from-environment');
    vi.stubEnv('OPENAI_LOG', 'debug');
    vi.stubEnv('ANTHROPIC_LOG', 'debug');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const server = await serve();
    await connect(id, server.origin).send('model-here', sampleQuestion().question);
    expect(server.arrived).toHaveLength(1);
    expect(JSON.stringify([server.arrived[0].headers, server.arrived[0].path, server.arrived[0].bodyText])).not.toMatch(
      /from.environment|openai-(organization|project)/i,
    );
  });

  it('leaves the global fetch as it was', async () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
    const server = await serve(() => ({ kind: 'answer', delayMs: 30 }));
    const asked = connect(id, server.origin).send('model-here', sampleQuestion().question);
    expect(Object.getOwnPropertyDescriptor(globalThis, 'fetch')).toEqual(before);
    await asked;
    expect(Object.getOwnPropertyDescriptor(globalThis, 'fetch')).toEqual(before);
  });

  it.each([
    [401, undefined, 'provider.auth'],
    [403, undefined, 'provider.auth'],
    [402, undefined, 'provider.quota'],
    [404, undefined, 'provider.badRequest'],
    [413, undefined, 'provider.badRequest'],
    [408, undefined, 'provider.timeout'],
    [409, undefined, 'provider.server'],
    [500, undefined, 'provider.server'],
    [502, '<html>Bad gateway</html>', 'provider.server'],
    [503, undefined, 'provider.server'],
    [529, undefined, 'provider.server'],
    [429, undefined, 'provider.rateLimited'],
    [429, { error: { code: 'insufficient_quota', message: 'You exceeded your current quota' } }, 'provider.quota'],
    [400, { error: { message: 'Your credit balance is too low' } }, 'provider.quota'],
    [400, { error: { message: 'API key not valid. Please pass a valid API key.' } }, 'provider.auth'],
    [400, { error: { code: 'content_policy_violation', message: 'no' } }, 'provider.refused'],
    [400, { error: { message: 'image too odd' } }, 'provider.badRequest'],
  ] as const)('names a reply of %i %j as %s, once, without the key', async (status, body, kind) => {
    const echo = { error: { message: `The key ${canary} was sent, and sk-abcdefghijk1234567890.` } };
    const server = await serve(() => ({ kind: 'status', status, body: body ?? echo }));
    const failure = await failureOf(connect(id, server.origin).send('model-here', sampleQuestion().question));
    expect(failure.kind).toBe(kind);
    expect(failure.message).toMatch(/openai|anthropic|google/i);
    expect(failure.message).toMatch(/^[A-Z].*\.( It said: “.*”)?$/);
    expect(everythingIn(failure)).not.toContain(canary);
    expect(everythingIn(failure)).not.toContain('sk-abcdefghijk1234567890');
    expect(failure.details['wholeRun'] === true).toBe(['provider.auth', 'provider.quota'].includes(kind) || status === 404);
    const ladder = id === 'openai-compatible' ? 3 : id === 'anthropic' ? 2 : 1;
    expect(server.arrived).toHaveLength(kind === 'provider.badRequest' && status === 400 ? ladder : 1);
  });

  it.each([
    [{ error: { message: 'Upstream is busy', code: 429 } }, 'provider.rateLimited', 429],
    [{ error: { type: 'rate_limit_error', message: 'Number of requests' } }, 'provider.rateLimited', 429],
    [{ error: { message: 'Provider returned error', code: 502, metadata: { raw: 'x' } } }, 'provider.server', 502],
    [{ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'provider.server', 503],
    [{ error: { code: 'server_error', message: 'The model had an error' }, status: 'failed', output: [] }, 'provider.server', 500],
    [{ error: 'something nobody knows' }, 'provider.server', 500],
    [{ error: { code: 'insufficient_quota', message: 'no' } }, 'provider.quota', 402],
    [{ error: { status: 'UNAUTHENTICATED', message: 'no' } }, 'provider.auth', 401],
    [{ choices: [{ error: { code: 503, message: 'no capacity' }, message: { role: 'assistant', content: '' } }] }, 'provider.server', 503],
  ] as const)('names an error in a reply that says 200 %j as %s', async (body, kind, status) => {
    const server = await serve(() => ({ kind: 'status', status: 200, body }));
    const failure = await failureOf(connect(id, server.origin).send('model-here', sampleQuestion().question));
    expect(failure).toMatchObject({ kind, details: { status } });
  });

  it.each([
    [{ 'retry-after-ms': '150', 'retry-after': '9' }, undefined, 150],
    [{ 'retry-after': '2' }, undefined, 2000],
    [{ date: 'Mon, 02 Nov 2026 10:00:00 GMT', 'retry-after': 'Mon, 02 Nov 2026 10:00:30 GMT' }, undefined, 30_000],
    [{}, { error: { message: 'slow', details: [{ retryDelay: '17.5s' }] } }, 17_500],
    [{}, { error: { message: 'Rate limit reached for gpt. Please try again in 1.5s. Visit us.' } }, 1500],
    [{}, { error: { message: 'Please try again in 320ms.' } }, 320],
    [{}, { error: { message: 'Please try again in 6m0s.' } }, 360_000],
    [{}, { error: { message: 'Please try again in 1h2m.' } }, 3_720_000],
    [{}, { message: 'slow', retry_after: 2.5 }, 2500],
    [{}, { error: { message: 'Please try again in a moment.' } }, undefined],
    [{}, undefined, undefined],
  ])('reads how long to wait from %j %j', async (headers, body, ms) => {
    const server = await serve(() => ({ kind: 'status', status: 429, headers: headers as Record<string, string>, body }));
    const failure = await failureOf(connect(id, server.origin).send('model-here', sampleQuestion().question));
    expect(failure.kind).toBe('provider.rateLimited');
    expect(failure.details['retryAfterMs']).toBe(ms);
  });

  it.each([
    ['broken', 'provider.unreachable'],
    ['notJson', 'provider.badReply'],
  ] as const)('calls a %s reply %s', async (kind, expected) => {
    const server = await serve(() => ({ kind }));
    const failure = await failureOf(connect(id, server.origin).send('model-here', sampleQuestion().question));
    expect(failure.kind).toBe(expected);
    expect(everythingIn(failure)).not.toContain(canary);
    expect(server.arrived).toHaveLength(1);
  });

  it('calls a server that is not there unreachable', async () => {
    const server = await startProviderServer();
    await server.close();
    const failure = await failureOf(connect(id, server.origin).send('model-here', sampleQuestion().question));
    expect(failure.kind).toBe('provider.unreachable');
    expect(everythingIn(failure)).not.toContain(canary);
  });

  it('never follows a redirect with the key', async () => {
    const thief = await serve();
    const server = await serve(() => ({ kind: 'redirect', to: `${thief.origin}/v1/responses` }));
    const failure = await failureOf(connect(id, server.origin).send('model-here', sampleQuestion().question));
    expect(failure.kind).toBe('provider.unreachable');
    expect(thief.arrived).toEqual([]);
  });

  it('tells a refusal and a cut-off answer from an answer', async () => {
    const refusing = await serve(() => ({ kind: 'refusal' }));
    expect((await connect(id, refusing.origin).send('model-here', sampleQuestion().question)).finish).toBe('refused');
    const cut = await serve(() => ({ kind: 'cutOff' }));
    expect((await connect(id, cut.origin).send('model-here', sampleQuestion().question)).finish).toBe('length');
  });

  it('stops at once when cancelled', async () => {
    const server = await serve(() => ({ kind: 'silent' }));
    const controller = new AbortController();
    const asked = failureOf(connect(id, server.origin).send('model-here', sampleQuestion().question, { signal: controller.signal }));
    await vi.waitFor(() => expect(server.arrived).toHaveLength(1));
    const started = performance.now();
    controller.abort();
    expect((await asked).kind).toBe('cancelled');
    expect(performance.now() - started).toBeLessThan(500);
    expect((await failureOf(connect(id, server.origin).send('m', sampleQuestion().question, { signal: controller.signal }))).kind).toBe(
      'cancelled',
    );
    expect(server.arrived).toHaveLength(1);
  });

  it('proves key, address and model with one cheap call', async () => {
    const server = await serve();
    await connect(id, server.origin).test('model-here');
    await connect(id, server.origin).test(undefined);
    expect(server.arrived.map((seen) => seen.method)).toEqual(['POST', 'GET']);
    expect(server.arrived[0].images).toEqual([]);
    expect(server.arrived[0].bodyText.length).toBeLessThan(300);
    for (const seen of server.arrived) expect(String(keyHeader[id](seen.headers))).toContain(canary);
    const refusing = await serve(() => ({ kind: 'status', status: 401 }));
    expect((await failureOf(connect(id, refusing.origin).test('model-here'))).kind).toBe('provider.auth');
  });

  it('lists the models of the provider', async () => {
    const server = await serve();
    const models = await connect(id, server.origin).models();
    expect(models.map((model) => model.id).sort()).toEqual(
      id === 'google' ? ['gemini-here'] : id === 'anthropic' ? ['claude-here'] : ['model-a', 'model-b'],
    );
  });

  it('can be asked by many workers at once without mixing replies', async () => {
    const server = await serve((request) => ({
      kind: 'answer',
      text: `{"asked": ${JSON.stringify(request.words.slice(-12))}}`,
      delayMs: Math.random() * 20,
    }));
    const connection = connect(id, server.origin);
    const asks = Array.from({ length: 20 }, async (_, index) => {
      const { question } = sampleQuestion();
      const mark = `mark-${String(index).padStart(6, '0')}.`;
      const reply = await connection.send('model-here', { ...question, parts: [...question.parts, { kind: 'text', text: mark }] });
      const asked = server.arrived.find((seen) => seen.words.includes(mark));
      expect(reply.text).toBe(`{"asked": ${JSON.stringify(asked?.words.slice(-12))}}`);
    });
    await Promise.all(asks);
    expect(server.mostAtOnce).toBeGreaterThan(1);
  });
});

describe('the ways to structured answers', () => {
  it('fall from JSON schema to JSON object to text, and remember what works', async () => {
    const server = await serve((request) =>
      request.body['response_format'] === undefined
        ? { kind: 'answer' }
        : { kind: 'status', status: 400, body: { error: { message: 'response_format is not supported' } } },
    );
    const connection = connect('openai-compatible', server.origin);
    const { question, expected } = sampleQuestion();
    const first = await connection.send('llava', question);
    expect(parseVerdict(first.text, expected).ok).toBe(true);
    expect(first.warnings).toHaveLength(1);
    await connection.send('llava', question);
    expect(server.arrived.map((seen) => (seen.body['response_format'] as { type: string } | undefined)?.type)).toEqual([
      'json_schema',
      'json_object',
      undefined,
      undefined,
    ]);
    expect(server.arrived[2].words).toContain('must fit this JSON Schema');
  });

  it('fall from structured output to a forced tool at Anthropic', async () => {
    const server = await serve((request) =>
      request.body['output_config'] === undefined
        ? { kind: 'answer' }
        : { kind: 'status', status: 400, body: { error: { message: 'output_config: Extra inputs are not permitted' } } },
    );
    const connection = connect('anthropic', server.origin);
    const { question, expected } = sampleQuestion();
    const reply = await connection.send('claude-old', question);
    expect(parseVerdict(reply.text, expected).ok).toBe(true);
    expect(server.arrived[1].body['tool_choice']).toEqual({ type: 'tool', name: 'merge_verdict' });
    await connection.send('claude-old', question);
    expect(server.arrived).toHaveLength(3);
  });

  it('take the answer out of a tool call where a compatible server leaves it there', async () => {
    const { question, expected } = sampleQuestion();
    const call = (request: Arrived) => ({
      function: { name: 'merge_verdict', arguments: JSON.stringify(fittingVerdict(request.schema ?? {})) },
    });
    const server = await serve((request) => ({
      ...{ kind: 'status', status: 200 },
      body: { choices: [{ finish_reason: 'tool_calls', message: { role: 'assistant', content: null, tool_calls: [call(request)] } }] },
    }));
    const reply = await connect('openai-compatible', server.origin).send('model-here', question);
    expect(parseVerdict(reply.text, expected).ok).toBe(true);
  });

  it('are not tried where a key is wrong', async () => {
    const server = await serve(() => ({ kind: 'status', status: 401 }));
    await failureOf(connect('openai-compatible', server.origin).send('llava', sampleQuestion().question));
    expect(server.arrived).toHaveLength(1);
  });

  it('speak the dialect of Google', async () => {
    const server = await serve();
    await connect('google', server.origin).send('gemini-x', sampleQuestion().question);
    const config = server.arrived[0].body['generationConfig'] as { responseMimeType: string };
    expect(config.responseMimeType).toBe('application/json');
    expect(server.arrived[0].bodyText).not.toContain('additionalProperties');
    expect(server.arrived[0].schema?.['propertyOrdering']).toEqual(['features', 'reasoning', 'verdict', 'confidence']);
    expect(server.arrived[0].path).toBe('/v1beta/models/gemini-x:generateContent');
  });
});

describe('what is the same for every group of a run', () => {
  const example = { label: 'good' as const, why: 'Clear gap.', pictures: [samplePicture('crosscorrelograms')], numbers: [] };
  const groups = [1, 2].map((count) => sampleQuestion({ examples: [example], examplesStable: true, spikeCounts: [count, count] }).question);

  it('stands first, to the last byte, so that a provider that keeps beginnings can', async () => {
    for (const id of ['openai', 'openai-compatible', 'google'] as const) {
      const server = await serve();
      const connection = connect(id, server.origin);
      for (const question of groups) await connection.send('model-here', question);
      const [one, other] = server.arrived.map(({ bodyText }) => bodyText);
      const firstDifference = [...one].findIndex((letter, at) => letter !== other[at]);
      expect(one.slice(firstDifference - 6, firstDifference)).toBe('A has ');
      expect(one.indexOf('End of the examples.')).toBeLessThan(firstDifference);
      expect(one.indexOf('Clear gap.')).toBeGreaterThan(0);
    }
  });

  it('is marked for Anthropic to keep: the system text, and the last part of the examples', async () => {
    const server = await serve();
    const connection = connect('anthropic', server.origin);
    await connection.send('model-here', groups[0]);
    const changing = sampleQuestion({ examples: [example], examplesStable: false }).question;
    await connection.send('model-here', changing);
    type Part = { text?: string; cache_control?: unknown };
    const [stable, nearest] = server.arrived.map(({ body }) => {
      const [{ content }] = body['messages'] as { content: Part[] }[];
      return { system: body['system'] as Part[], marked: content.filter(({ cache_control }) => cache_control !== undefined) };
    });
    expect(stable.system[0].cache_control).toEqual({ type: 'ephemeral' });
    expect(stable.marked.map(({ text }) => text)).toEqual(['End of the examples.']);
    expect(nearest.marked).toEqual([]);
  });
});

describe('connecting', () => {
  it.each(['openai', 'anthropic', 'google'] as const)('%s needs a key that can be one', (id) => {
    for (const key of [undefined, '', '  ', 'two words', 'ключ']) {
      expect(() => providerById(id).connect({ key, baseUrl: undefined, fetch: loopbackFetch })).toThrow(
        expect.objectContaining({ kind: 'provider.auth' }),
      );
    }
  });

  it('sends no key to a compatible server that needs none', async () => {
    const server = await serve();
    await providerById('openai-compatible')
      .connect({ key: undefined, baseUrl: server.origin, fetch: loopbackFetch })
      .send('llava', sampleQuestion().question);
    expect(server.arrived[0].headers.authorization).toBeUndefined();
    expect(server.arrived[0].path).toBe('/v1/chat/completions');
  });

  it('asks for an address where one is needed', () => {
    expect(() => providerById('openai-compatible').connect({ key: undefined, baseUrl: ' ', fetch: loopbackFetch })).toThrow(
      expect.objectContaining({ kind: 'input.invalid' }),
    );
  });

  it('takes addresses with and without the version', async () => {
    const server = await serve();
    const { question } = sampleQuestion();
    for (const [id, path] of [
      ['openai', '/v1'],
      ['anthropic', '/v1'],
      ['google', '/v1beta/'],
      ['openai-compatible', '/v1/'],
    ] as const) {
      await connect(id, server.origin + path).send('m', question);
      await connect(id, `${server.origin}/`).send('m', question);
    }
    const paths = server.arrived.map((seen) => seen.path);
    for (let at = 0; at < paths.length; at += 2) expect(paths[at]).toBe(paths[at + 1]);
  });

  it('goes to the provider itself where no address is given', async () => {
    const asked: string[] = [];
    const fetch = async (url: string) => {
      asked.push(url);
      throw new Error('stop');
    };
    for (const { id } of providers.filter((provider) => provider.hosts.length > 0)) {
      await failureOf(providerById(id).connect({ key: canary, baseUrl: undefined, fetch }).send('m', sampleQuestion().question));
      expect(providerById(id).hosts).toContain(new URL(asked.at(-1) ?? '').hostname);
      expect(new URL(asked.at(-1) ?? '').protocol).toBe('https:');
    }
  });

  it('knows every provider by a name of its own', () => {
    expect(new Set(providers.map(({ id }) => id)).size).toBe(providers.length);
    expect(() => providerById('toString')).toThrow(expect.objectContaining({ kind: 'input.invalid' }));
  });
});
