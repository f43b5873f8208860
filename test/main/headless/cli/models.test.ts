import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startProviderServer } from '../../../fixtures/servers/provider-server.ts';
import { temporaryFolder } from '../../core/support/temporary-folder.ts';
import { startSamecell } from '../support/samecell.ts';

const key = 'sk-key-of-the-environment-1234567890';

const samecellModels = (dataDir: string, ...words: string[]) =>
  startSamecell(['models', ...words, '--data-dir', dataDir], { ANTHROPIC_API_KEY: key }).ended;

test('the table of models is shown, edited, refreshed and set back from the command line', async () => {
  const server = await startProviderServer();
  onTestFinished(() => server.close());
  const dataDir = temporaryFolder();
  const rowOf = async (id: string) => {
    const { out } = await samecellModels(dataDir, 'anthropic', '--json');
    const [{ models }] = (JSON.parse(out) as { providers: { models: { id: string }[] }[] }).providers;
    return models.find((row) => row.id === id);
  };
  const shown = await samecellModels(dataDir);
  expect(shown).toMatchObject({ code: 0, errors: '' });
  expect(shown.out).toMatch(/^openai\tgpt-4o\t2\.5 \/ 10 USD\ttiles:85,170\tshipped$/m);

  const refreshed = await samecellModels(dataDir, 'anthropic', '--refresh', '--base-url', server.origin, '--json');
  expect(refreshed).toMatchObject({ code: 0, errors: '' });
  expect(JSON.parse(refreshed.out)).toMatchObject({ listed: 1, added: ['claude-here'], gone: expect.arrayContaining(['claude-opus-5']) });
  expect(server.arrived.map(({ headers }) => headers['x-api-key'])).toEqual([key]);
  expect(await rowOf('claude-here')).toMatchObject({ origin: 'listed', inputUsdPerMillion: null, isGone: false });
  expect(await rowOf('claude-opus-5')).toMatchObject({ origin: 'shipped', isGone: true });

  const set = ['--set', 'claude-here', '--images', 'patches:28,4784,1,2576', '--input-usd', '3', '--output-usd', '15', '--default'];
  expect(await samecellModels(dataDir, 'anthropic', ...set)).toMatchObject({ code: 0, errors: '' });
  const kept = await rowOf('claude-here');
  expect(kept).toMatchObject({ inputUsdPerMillion: 3, images: { rule: 'patches', longEdgePx: 2576 }, default: true, origin: 'added' });
  expect(kept).not.toHaveProperty('imagesAssumedAs');

  expect(await samecellModels(dataDir, 'anthropic', '--remove', 'claude-opus-5')).toMatchObject({ code: 0 });
  expect(await rowOf('claude-opus-5')).toBeUndefined();
  expect(await samecellModels(dataDir, 'anthropic', '--reset')).toMatchObject({ code: 0 });
  expect(await rowOf('claude-opus-5')).toMatchObject({ origin: 'shipped', isGone: false });
  expect(await rowOf('claude-here')).toBeUndefined();

  for (const name of readdirSync(dataDir, { recursive: true, withFileTypes: true }))
    if (name.isFile()) expect(readFileSync(join(name.parentPath, name.name)).includes(key)).toBe(false);
});

test('what makes no sense is refused with a sentence', async () => {
  const dataDir = temporaryFolder();
  const refused = async (code: number, sentence: RegExp, ...words: string[]) => {
    const ended = await samecellModels(dataDir, ...words);
    expect(ended.errors).toMatch(sentence);
    expect(ended).toMatchObject({ code, out: '' });
  };
  await refused(2, /needs a provider: openai, /, '--refresh');
  await refused(2, /Give one of --refresh, --remove/, 'openai', '--refresh', '--remove', 'gpt-4o');
  await refused(2, /--images squares is none of/, 'openai', '--set', 'x', '--images', 'squares');
  await refused(2, /endsOn is wrong/, 'openai', '--set', 'x', '--ends-on', 'tomorrow');
  await refused(2, /given with --set/, 'openai', '--input-usd', '3');
  await refused(3, /There is no model “gpt-0”/, 'openai', '--remove', 'gpt-0');
  await refused(3, /no judge called "nobody"/, 'nobody');
  await refused(4, /There is no key for OpenAI/, 'openai', '--refresh');
});
