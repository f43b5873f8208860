import { describe, expect, it } from 'vitest';
import {
  costUsd,
  defaultModel,
  estimateQuestion,
  findModel,
  imageTokens,
  modelProblems,
  modelTable,
  pngSize,
  readModelTable,
} from '../../../app/judges/models.ts';
import { providers } from '../../../app/judges/registry.ts';
import { sampleInput, sampleQuestion } from './sample-question.ts';

const usage = { inputTokens: 1_000_000, outputTokens: 100_000, cachedInputTokens: 0 };

describe('the table of models', () => {
  it('has a date, known providers, names once, and one default each', () => {
    expect(modelTable.date).toMatch(/^2026-\d\d-\d\d$/);
    expect(Object.keys(modelTable.providers).sort()).toEqual(providers.map(({ id }) => id as string).sort());
    for (const [provider, rows] of Object.entries(modelTable.providers)) {
      expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
      if (provider === 'openai-compatible') continue;
      expect(rows.filter((row) => row.default)).toHaveLength(1);
      expect(defaultModel(provider)?.images).not.toBeNull();
      expect(defaultModel(provider)?.endsOn).toBeNull();
    }
  });

  it('says which entry of an edited table is wrong', () => {
    const broken = { ...modelTable, providers: { openai: [{ ...modelTable.providers['openai'][0], inputUsdPerMillion: 'two' }] } };
    expect(() => readModelTable(broken, 'my-models.json')).toThrow(/my-models\.json.*providers\.openai\.0\.inputUsdPerMillion/);
  });

  it('finds a dated snapshot by its name', () => {
    expect(findModel('openai', 'gpt-4o-2024-08-06')?.id).toBe('gpt-4o');
    expect(findModel('anthropic', 'claude-haiku-4-5-20251001')?.id).toBe('claude-haiku-4-5');
    expect(findModel('openai', 'gpt-4o-transcribe')).toBeUndefined();
    expect(findModel('nobody', 'gpt-4o')).toBeUndefined();
  });

  it('warns of a model that is gone', () => {
    expect(modelProblems('anthropic', 'claude-sonnet-4-5', '2026-11-29', true)).toEqual([]);
    expect(modelProblems('anthropic', 'claude-sonnet-4-5', '2026-11-30', true)).toHaveLength(1);
  });
});

describe('what asking costs', () => {
  it('is computed from the table, or not known', () => {
    expect(costUsd('openai', 'gpt-4o', usage)).toBeCloseTo(2.5 + 1, 10);
    expect(costUsd('openai-compatible', 'llava', usage)).toBeNull();
  });

  it.each([
    // Worked examples that OpenAI gives for its tiles.
    ['gpt-4o', 1024, 1024, 765],
    ['gpt-4o', 2048, 4096, 1105],
    ['gpt-4o', 640, 480, 425],
    ['gpt-4o-mini', 512, 512, 8500],
    ['gpt-4.1-mini', 640, 480, 486],
  ])('counts tokens of a picture for %s at %i × %i', (model, width, height, tokens) => {
    expect(imageTokens(findModel('openai', model)?.images, width, height)).toBe(tokens);
  });

  it('counts tokens of a picture for Claude and Gemini', () => {
    // Measured by others against Anthropic's own counter: 1296 for 1000 × 1000.
    expect(imageTokens(findModel('anthropic', 'claude-haiku-4-5')?.images, 1000, 1000)).toBe(1296);
    expect(imageTokens(findModel('anthropic', 'claude-haiku-4-5')?.images, 4000, 4000)).toBe(1568);
    expect(imageTokens(findModel('google', 'gemini-3.8-flash')?.images, 640, 480)).toBe(1120);
    expect(imageTokens(undefined, 750, 100)).toBe(100);
    expect(imageTokens(null, 750, 100)).toBe(0);
  });

  it('is estimated from the very question', () => {
    expect(pngSize(sampleInput.pictures[0].bytes)).toEqual({ width: 640, height: 480 });
    const one = estimateQuestion('openai', 'gpt-4o', sampleQuestion({ pictures: sampleInput.pictures.slice(0, 1) }));
    const two = estimateQuestion('openai', 'gpt-4o', sampleQuestion());
    expect(two.inputTokens - one.inputTokens).toBeGreaterThan(425);
    expect(two.inputTokens - one.inputTokens).toBeLessThan(425 + 150);
    expect(two.outputTokens).toBeGreaterThan(one.outputTokens);
    expect(two.costUsd).toBeCloseTo((two.inputTokens * 2.5 + two.outputTokens * 10) / 1e6, 10);
    expect(estimateQuestion('openai-compatible', 'llava', sampleQuestion()).costUsd).toBeNull();
  });
});
