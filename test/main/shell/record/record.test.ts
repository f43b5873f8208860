import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRecord } from '../../../../main/shell/record/record.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'samecell-record-'));

test('each entry is one line of JSON with its time', () => {
  const record = openRecord(folder(), () => new Date(0));
  record.write('door', { call: 'x', error: new Error('with\na line') });
  const lines = readFileSync(record.file, 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0])).toMatchObject({ at: '1970-01-01T00:00:00.000Z', what: 'door', call: 'x' });
});

test('keys never reach it: not by the name of a field, not by their shape, not once told', () => {
  const record = openRecord(folder());
  record.hide('plain-canary');
  record.write('x', {
    apiKey: 'canary-1',
    nested: { token: 'canary-2', text: 'Bearer canary-3' },
    error: new Error('sent sk-canary-45678901 to the server'),
    line: 'before plain-canary after',
  });
  expect(readFileSync(record.file, 'utf8')).not.toContain('canary');
});

test('a full file is turned over, and at most five are kept', () => {
  const where = folder();
  const record = openRecord(where);
  for (let turn = 0; turn < 7; turn++) {
    writeFileSync(record.file, 'x'.repeat(5 * 1024 * 1024));
    record.write('x', { turn });
  }
  for (const age of [1, 2, 3, 4]) expect(existsSync(`${record.file}.${age}`)).toBe(true);
  expect(existsSync(`${record.file}.5`)).toBe(false);
});

test('a folder that can’t be written stops nothing', () => {
  const file = join(folder(), 'a-file');
  writeFileSync(file, '');
  expect(() => openRecord(join(file, 'logs')).write('x', {})).not.toThrow();
});
