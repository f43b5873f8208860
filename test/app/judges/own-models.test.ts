import { describe, expect, it } from 'vitest';
import type { ModelRow } from '../../../app/contract/model-row.ts';
import { costUsd, defaultModel, findModel, modelTable } from '../../../app/judges/models.ts';
import { isListed, newModels, withOwnModels } from '../../../app/judges/own-models.ts';

const row = (id: string, more: Partial<ModelRow> = {}): ModelRow => ({
  ...{ id, title: id, images: null, inputUsdPerMillion: 1, outputUsdPerMillion: 2, endsOn: null, temperature: false },
  ...more,
});
const usage = { inputTokens: 1_000_000, outputTokens: 1_000_000, cachedInputTokens: 0 };
const named = (...ids: string[]) => ids.map((id) => ({ id, title: id }));

describe("a person's own rows", () => {
  it('take the place of shipped ones, are added, and are taken off', () => {
    const table = withOwnModels(modelTable, [
      { provider: 'openai', id: 'gpt-4o', row: row('gpt-4o', { inputUsdPerMillion: 7 }) },
      { provider: 'openai', id: 'gpt-9', row: row('gpt-9') },
      { provider: 'openai', id: 'gpt-5.5', row: undefined },
      { provider: 'openai-compatible', id: 'llava', row: row('llava') },
      { provider: '__proto__', id: 'x', row: row('x') },
    ]);
    expect(costUsd('openai', 'gpt-4o-2024-08-06', usage, table)).toBe(9);
    expect(costUsd('openai', 'gpt-9', usage, table)).toBe(3);
    expect(costUsd('openai-compatible', 'llava', usage, table)).toBe(3);
    expect(findModel('openai', 'gpt-5.5', table)).toBeUndefined();
    expect(table.providers['openai'].map(({ id }) => id).indexOf('gpt-4o')).toBe(
      modelTable.providers['openai'].filter(({ id }) => id !== 'gpt-5.5').findIndex(({ id }) => id === 'gpt-4o'),
    );
    // What ships is never changed.
    expect(costUsd('openai', 'gpt-4o', usage)).toBe(12.5);
  });

  it('may name another default, and then there is one', () => {
    const table = withOwnModels(modelTable, [{ provider: 'anthropic', id: 'mine', row: row('mine', { default: true }) }]);
    expect(defaultModel('anthropic', table)?.id).toBe('mine');
    expect(table.providers['anthropic'].filter((one) => one.default)).toHaveLength(1);
    expect(defaultModel('openai', table)?.id).toBe(defaultModel('openai')?.id);
  });
});

describe("a provider's own list", () => {
  it('adds names that are not known, their price unknown and their image rules assumed', () => {
    const listed = named(
      'gpt-7-sol',
      'gpt-4o',
      'gpt-4o-2024-08-06',
      'text-embedding-3-large',
      'gpt-4o-realtime-preview',
      'whisper-1',
      'dall-e-3',
      '',
    );
    const usual = defaultModel('openai');
    expect(newModels('openai', listed, modelTable, new Set())).toEqual([
      {
        ...{ id: 'gpt-7-sol', title: 'gpt-7-sol', images: usual?.images, imagesAssumedAs: usual?.title },
        ...{ inputUsdPerMillion: null, outputUsdPerMillion: null, endsOn: null, temperature: false },
      },
    ]);
    expect(newModels('openai', listed, modelTable, new Set(['gpt-7-sol']))).toEqual([]);
    expect(newModels('openai-compatible', named('qwen3-vl'), modelTable, new Set())[0].imagesAssumedAs).toContain('28 px');
  });

  it('has a model by its own name or that of a dated snapshot', () => {
    expect(isListed('claude-haiku-4-5', ['claude-haiku-4-5-20251001'])).toBe(true);
    expect(isListed('gpt-4o', ['gpt-4o-mini', 'gpt-4o-2024-08-06'])).toBe(true);
    expect(isListed('gpt-4o', ['gpt-4o-mini'])).toBe(false);
  });
});
