import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const canaries = join(import.meta.dirname, 'canaries', 'types');
const tsc = join(root, 'node_modules', '.bin', 'tsc');

describe.each(readdirSync(canaries))('the types of %s', (folder) => {
  const { stdout } = spawnSync(tsc, ['-p', join(canaries, folder), '--pretty', 'false'], { cwd: root, encoding: 'utf8' });
  const files = readdirSync(join(canaries, folder)).filter((file) => /\.tsx?$/.test(file));

  test('have canaries', () => {
    expect(files).not.toEqual([]);
  });

  test.each(files)('refuse what %s does', (file) => {
    expect(stdout).toMatch(new RegExp(`types/${folder}/${file.replace('.', '\\.')}\\(\\d+,\\d+\\): error TS`));
  });
});
