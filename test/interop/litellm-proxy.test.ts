// A peer that was not written here: the LiteLLM proxy, on this machine, with a model that answers the same to everybody.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { providerById, providers } from '../../app/judges/registry.ts';
import { askModel } from '../../main/core/batch/ask-model.ts';
import { createPace } from '../../main/core/batch/pace.ts';
import { createRemoteFetch } from '../../main/core/batch/remote-fetch.ts';
import { interopPython } from '../../scripts/interop-setup.mjs';
import { sampleQuestion } from '../app/judges/sample-question.ts';

const key = 'sk-loopback-only-5d1f0c9b7a3e4862';
const verdict = {
  features: ['waveform_single', 'crosscorrelograms', 'numbers'].map((feature) => ({
    feature,
    finding: `The ${feature} agree.`,
    supports: 'merge',
    severity: 'high',
  })),
  reasoning: 'All lines agree.',
  verdict: 'merge',
  confidence: 0.83,
};
const config = {
  model_list: [
    { model_name: 'mock-judge', litellm_params: { model: 'openai/mock-judge', api_key: 'none', mock_response: JSON.stringify(verdict) } },
  ],
};

const folder = mkdtempSync(join(tmpdir(), 'samecell-litellm-'));
let proxy: ChildProcess | undefined;
let origin = '';
let said = '';

beforeAll(async () => {
  const python = interopPython('litellm');
  if (python === undefined)
    throw new Error(
      'The Python environment litellm is not there, so no adapter was held against it. Make it with: node scripts/interop-setup.mjs',
    );
  const file = join(folder, 'config.yaml');
  // JSON is YAML too.
  writeFileSync(file, JSON.stringify(config));
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  proxy = spawn(join(dirname(python), 'litellm'), ['--config', file, '--host', '127.0.0.1', '--port', String(port)], {
    cwd: folder,
    env: { ...process.env, LITELLM_MASTER_KEY: key, LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_TELEMETRY: 'False' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [proxy.stdout, proxy.stderr]) stream?.on('data', (piece) => (said = (said + piece).slice(-4000)));
  for (let tries = 0; tries < 240; tries++) {
    if (proxy.exitCode !== null) throw new Error(`The proxy ended by itself: ${said}`);
    const alive = await fetch(`${origin}/health/liveliness`).then(
      (reply) => reply.ok,
      () => false,
    );
    if (alive) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`The proxy did not start: ${said}`);
}, 150_000);

afterAll(() => {
  proxy?.kill();
  rmSync(folder, { recursive: true, force: true });
});

test.each(providers.map(({ id }) => id))('the adapter of %s asks it, pictures and all, and gets a verdict', async (id) => {
  const provider = providerById(id);
  const fetch = createRemoteFetch({ hosts: [], baseUrl: origin, offlineOnly: () => true, timeoutMs: 30_000, title: provider.title });
  const connection = provider.connect({ key, baseUrl: origin, fetch });
  const signals = { signal: new AbortController().signal, pausing: new AbortController().signal };
  const asked = { connection, title: provider.title, model: 'mock-judge', built: sampleQuestion(), numbers: {}, params: {}, signals };
  const result = await askModel({ ...asked, costOf: () => null, pace: createPace() });
  expect(result.ok ? '' : result.failure.message).toBe('');
  if (!result.ok) return;
  expect(result.answer.verdict).toEqual(verdict);
  expect(result.answer.spent.requestCount).toBe(1);
  expect(result.answer.spent.usage.outputTokens).toBeGreaterThan(0);
});

test.each(['openai', 'openai-compatible'] as const)('the adapter of %s reads its list of models', async (id) => {
  const fetch = createRemoteFetch({ hosts: [], baseUrl: origin, offlineOnly: () => true, timeoutMs: 30_000, title: id });
  const connection = providerById(id).connect({ key, baseUrl: origin, fetch });
  expect((await connection.models()).map((model) => model.id)).toContain('mock-judge');
});

test('a wrong key is refused once, and the key is not repeated', async () => {
  const fetch = createRemoteFetch({ hosts: [], baseUrl: origin, offlineOnly: () => true, timeoutMs: 30_000, title: 'OpenAI' });
  const wrong = 'sk-wrong-key-that-nobody-knows';
  const connection = providerById('openai').connect({ key: wrong, baseUrl: origin, fetch });
  const failure = await connection.send('mock-judge', sampleQuestion().question).catch((error: unknown) => error);
  // Without a database of its own the proxy says 400 for a key it does not know.
  expect(['provider.auth', 'provider.badRequest']).toContain((failure as { kind?: string }).kind);
  expect(String(failure)).not.toContain(wrong);
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
