import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Failure } from '../../../app/failure.ts';
import { openLog } from '../../../main/core/log.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('an error keeps its text, its stack and its causes', () => {
  const log = openLog(join(temporaryFolder(), 'logs'));
  log.error('A call failed.', new Failure('output.failed', 'The disk is full.', { folder: 'out' }, new Error('ENOSPC')), {
    call: 'apply.write',
  });
  expect(linesOf(log.file)).toMatchObject([
    {
      level: 'error',
      what: 'A call failed.',
      call: 'apply.write',
      error: {
        kind: 'output.failed',
        details: { folder: 'out' },
        cause: { message: 'ENOSPC', stack: expect.stringContaining('log.test.ts') },
      },
    },
  ]);
});

test('registered secrets, fields called like one and anything shaped like a key are hidden', () => {
  const log = openLog(temporaryFolder());
  const secret = 'pass"word/with odd';
  log.registerSecret(secret);
  log.info(`Sent ${secret} to https://x/?k=${encodeURIComponent(secret)}`, { apiKey: 'abc', authorization: 'x', note: 'Bearer abcdefgh' });
  log.error('It broke.', new Error(`${secret} sk-abcdefghijklmnop`));
  log.info('Counts stay.', { inputTokens: 12 });
  const text = readFileSync(log.file, 'utf8');
  for (const gone of ['odd', 'abc', encodeURIComponent(secret)]) expect(text).not.toContain(gone);
  expect(linesOf(log.file)[2].inputTokens).toBe(12);
});

test('a full file is moved aside, and only so many are kept', () => {
  const folder = temporaryFolder();
  const log = openLog(folder, { maxBytes: 400, keptFiles: 3 });
  for (let count = 0; count < 40; count += 1) log.info(`line ${count}`, { filling: 'x'.repeat(100) });
  expect(['samecell.log', 'samecell.log.1', 'samecell.log.2'].every((name) => existsSync(join(folder, name)))).toBe(true);
  expect(existsSync(join(folder, 'samecell.log.3'))).toBe(false);
  expect(linesOf(log.file).at(-1).what).toBe('line 39');
});

test('a log that can not be written stops nothing', () => {
  const file = join(temporaryFolder(), 'a-file');
  writeFileSync(file, '');
  expect(() => openLog(join(file, 'logs')).error('Lost.', new Error('x'))).not.toThrow();
});
