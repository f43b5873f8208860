import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
let house: string;
let said: string;
let cycles: string;

// Our own sources with a few canaries among them, looked at by the very tools and settings of the project.
beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'samecell-dead-'));
  const skipped = ['assets/demo', 'test/fixtures', 'test/fences'].map((place) => join(root, place));
  for (const place of [
    'app',
    'main',
    'preload',
    'renderer',
    'scripts',
    'test',
    'bench',
    'assets',
    'package.json',
    'knip.json',
    'biome.json',
    '.gitignore',
    'vitest.config.ts',
    'tsconfig.json',
    'tsconfig.base.json',
  ])
    cpSync(join(root, place), join(house, place), { recursive: true, filter: (source) => !skipped.includes(source) });
  symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'));
  writeFileSync(join(house, 'app', 'canary-file.ts'), 'export const sung = 1;\n');
  appendFileSync(join(house, 'app', 'failure.ts'), '\nexport const canaryExport = 1;\n');
  appendFileSync(join(house, 'main', 'core', 'log.ts'), "\nexport const canaryPackage = () => import('canary-package');\n");
  writeFileSync(join(house, 'app', 'canary-one.ts'), "import { two } from './canary-two.ts';\n\nexport const one = () => two;\n");
  writeFileSync(join(house, 'app', 'canary-two.ts'), "import { one } from './canary-one.ts';\n\nexport const two = () => one;\n");
  const bin = (name: string) => join(root, 'node_modules', '.bin', name);
  said = spawnSync(bin('knip'), ['--no-progress', '--reporter', 'compact'], { cwd: house, encoding: 'utf8' }).stdout;
  cycles = spawnSync(bin('biome'), ['lint', '--only=suspicious/noImportCycles', '--reporter=json', 'app'], {
    cwd: house,
    encoding: 'utf8',
  }).stdout;
}, 120_000);
afterAll(() => rmSync(house, { recursive: true, force: true }));

describe('dead code is found', () => {
  test('a file that nobody imports', () => {
    expect(said).toContain('app/canary-file.ts');
  });

  test('an export that nobody uses', () => {
    expect(said).toContain('canaryExport');
  });

  test('a package that is not listed', () => {
    expect(said).toContain('canary-package');
  });
});

test('two files that import each other are found', () => {
  expect(cycles).toContain('noImportCycles');
  expect(cycles).toContain('canary-one.ts');
});
