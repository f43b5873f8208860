import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createGrants, shortened } from '../../../../main/core/files/grants.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('the same folder for the same purpose has one token, which opens nothing else', async () => {
  const home = temporaryFolder();
  mkdirSync(join(home, 'data'));
  const grants = createGrants(home);
  const first = await grants.grant(join(home, 'data'), 'analyzer');
  expect(first).toMatchObject({ name: 'data', display: '~/data' });
  for (const same of [`${home}/data/`, `${home}/./data`, `${home}/x/../data`, '~/data'])
    expect((await grants.grant(same, 'analyzer')).grant).toBe(first.grant);
  const output = await grants.grant(join(home, 'data'), 'output');
  expect(output.grant).not.toBe(first.grant);
  expect(grants.folder(first.grant, 'analyzer')).toBe(join(home, 'data'));
  expect(() => grants.folder(first.grant, 'output')).toThrow('Choose the folder again');
  expect(() => createGrants(home).folder(first.grant, 'analyzer')).toThrow('Choose the folder again');
});

test('what is no folder is named', async () => {
  const home = temporaryFolder();
  writeFileSync(join(home, 'file'), '');
  const grants = createGrants(home);
  await expect(grants.grant(join(home, 'file'), 'analyzer')).rejects.toThrow(`${join(home, 'file')} is a file`);
  await expect(grants.grant(join(home, 'gone'), 'analyzer')).rejects.toThrow('does not exist');
  await expect(grants.grant('relative', 'analyzer')).rejects.toThrow('no full path');
  await expect(grants.grant(`${home}\0x`, 'analyzer')).rejects.toThrow('no full path');
});

test('only paths below the home folder are shortened', () => {
  expect(shortened('/home/a/data', '/home/a')).toBe('~/data');
  expect(shortened('/home/a', '/home/a')).toBe('~');
  expect(shortened('/home/ab/data', '/home/a')).toBe('/home/ab/data');
});
