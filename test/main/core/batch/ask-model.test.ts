import { expect, onTestFinished, test } from 'vitest';
import { providerById } from '../../../../app/judges/registry.ts';
import { askModel } from '../../../../main/core/batch/ask-model.ts';
import { createPace } from '../../../../main/core/batch/pace.ts';
import { samplePicture, sampleQuestion } from '../../../app/judges/sample-question.ts';
import { loopbackFetch } from '../../../fixtures/servers/loopback-fetch.ts';
import { type Arrived, type Behaviour, startProviderServer } from '../../../fixtures/servers/provider-server.ts';

async function ask(behave: (request: Arrived) => Behaviour, built = sampleQuestion()) {
  const server = await startProviderServer(behave);
  onTestFinished(() => server.close());
  const result = await askModel({
    connection: providerById('openai').connect({ key: 'canary-key-1', baseUrl: server.origin, fetch: loopbackFetch }),
    title: 'OpenAI',
    model: 'gpt-x',
    built,
    numbers: { template_diff: 0.12 },
    params: { seed: 7 },
    costOf: (usage) => usage.inputTokens / 1e6,
    pace: createPace({ firstWaitMs: 1 }),
    signals: { signal: new AbortController().signal, pausing: new AbortController().signal },
  });
  expect(JSON.stringify(result)).not.toContain('canary-key-1');
  return { result, server };
}

test('an answer comes with everything that produced it', async () => {
  const built = sampleQuestion({
    examples: [{ label: 'good', why: 'Clear gap.', pictures: [samplePicture('amplitude_plot')], numbers: [] }],
  });
  const { result } = await ask(() => ({ kind: 'answer' }), built);
  if (!result.ok) throw new Error(result.failure.message);
  const { answer } = result;
  expect(answer.verdict.verdict).toBe('merge');
  expect(answer.pictures).toEqual(
    ['waveform_single', 'crosscorrelograms'].map((feature) => ({ feature, sha256: samplePicture(feature).sha256 })),
  );
  expect(answer).toMatchObject({
    model: 'gpt-x',
    finish: 'completed',
    numbers: { template_diff: 0.12 },
    params: { seed: 7 },
    warnings: [],
  });
  expect(answer.system).toBe(built.question.system);
  expect(answer.text).toContain('Clear gap.');
  expect(JSON.parse(answer.raw)).toMatchObject({ object: 'response' });
  expect(answer.spent).toMatchObject({
    usage: { inputTokens: 1000, outputTokens: 100, cachedInputTokens: 10 },
    costUsd: 0.001,
    requestCount: 1,
  });
});

test('numbers alone leave no picture behind, also with pictured examples', async () => {
  const built = sampleQuestion({
    pictures: [],
    examples: [{ label: 'good', why: '', pictures: [samplePicture('amplitude_plot')], numbers: [] }],
  });
  const { result } = await ask(() => ({ kind: 'answer' }), built);
  expect(result.ok && result.answer.pictures).toEqual([]);
});

test('an unreadable answer is repaired once, and both are paid for', async () => {
  const { result, server } = await ask((request) =>
    request.index === 0 ? { kind: 'answer', text: 'I think they should be merged.' } : { kind: 'answer' },
  );
  if (!result.ok) throw new Error(result.failure.message);
  expect(server.arrived).toHaveLength(2);
  expect(server.arrived[1].words).toContain('There is no JSON object with a \\"verdict\\"'.replaceAll('\\', ''));
  expect(server.arrived[1].words).toContain('I think they should be merged.');
  expect(server.arrived[1].images).toHaveLength(2);
  expect(result.answer.spent).toMatchObject({ usage: { inputTokens: 2000 }, costUsd: 0.002, requestCount: 2 });
  expect(result.answer.warnings).toHaveLength(1);
});

test('an answer that stays unreadable fails with the reason, and what it cost is kept', async () => {
  const { result, server } = await ask(() => ({
    kind: 'answer',
    text: '{"verdict": "merge", "confidence": 1, "reasoning": "yes", "features": []}',
  }));
  expect(server.arrived).toHaveLength(2);
  expect(result).toMatchObject({ ok: false, failure: { kind: 'provider.badReply' }, spent: { requestCount: 2, costUsd: 0.002 } });
  expect(result.ok ? '' : result.failure.message).toContain('no finding about "waveform_single"');
});

test('an empty report never becomes a merge', async () => {
  const { result } = await ask((request) => {
    const verdict = { verdict: 'merge', confidence: 1, reasoning: 'All reports are empty.' };
    const features = ['waveform_single', 'crosscorrelograms', 'numbers'].map((feature) => ({
      feature,
      finding: '',
      supports: 'merge',
      severity: 'high',
    }));
    return { kind: 'answer', text: JSON.stringify({ ...verdict, features }), delayMs: request.index };
  });
  expect(result.ok).toBe(false);
});

test('a refusal and a cut-off answer are not asked again', async () => {
  const refused = await ask(() => ({ kind: 'refusal' }));
  expect(refused.result).toMatchObject({ ok: false, failure: { kind: 'provider.refused' }, spent: { requestCount: 1 } });
  expect(refused.server.arrived).toHaveLength(1);
  const cut = await ask(() => ({ kind: 'cutOff' }));
  expect(cut.result).toMatchObject({ ok: false, failure: { kind: 'provider.badReply' } });
  expect(cut.server.arrived).toHaveLength(1);
});

test('a passing failure is asked again before the answer counts', async () => {
  const { result, server } = await ask((request) => (request.index < 2 ? { kind: 'status', status: 503 } : { kind: 'answer' }));
  expect(result).toMatchObject({ ok: true, answer: { spent: { requestCount: 3, costUsd: 0.001 } } });
  expect(server.arrived).toHaveLength(3);
});

test('a wrong key comes back as a value, after one request', async () => {
  const { result, server } = await ask(() => ({ kind: 'status', status: 401 }));
  expect(result).toMatchObject({
    ok: false,
    failure: { kind: 'provider.auth', details: { wholeRun: true } },
    spent: { requestCount: 1, costUsd: null },
  });
  expect(server.arrived).toHaveLength(1);
});
