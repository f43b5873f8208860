import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const biome = join(root, 'node_modules', '.bin', 'biome');

const forbidden: [place: string, source: string][] = [
  ['app/canary.ts', 'electron'],
  ['app/canary.ts', './analyzer/view.ts'],
  ['app/contract/canary.ts', 'electron'],
  ['app/contract/canary.ts', 'node:fs'],
  ['app/contract/canary.ts', 'react'],
  ['app/contract/canary.ts', '../analyzer/view.ts'],
  ['app/contract/canary.ts', '../../main/core/service.ts'],
  ['app/commands/canary.ts', '../judges/judge.ts'],
  ['app/commands/keymaps/canary.ts', '../../judges/judge.ts'],
  ['app/analyzer/canary.ts', 'node:fs/promises'],
  ['app/analyzer/canary.ts', 'better-sqlite3'],
  ['app/analyzer/canary.ts', '../candidates/registry.ts'],
  ['app/analyzer/canary.ts', '../plots/registry.ts'],
  ['app/analyzer/extensions/canary.ts', '../../evidence/registry.ts'],
  ['app/analyzer/canary.ts', '../judges/registry.ts'],
  ['app/candidates/canary.ts', '../judges/registry.ts'],
  ['app/candidates/steps/canary.ts', '../../curation/merge-plan.ts'],
  ['app/evidence/canary.ts', '../curation/merge-plan.ts'],
  ['app/plots/canary.ts', '../judges/registry.ts'],
  ['app/plots/features/canary.ts', '../../../renderer/client.ts'],
  ['app/judges/canary.ts', '../curation/merge-plan.ts'],
  ['app/judges/providers/canary.ts', 'electron'],
  ['app/curation/canary.ts', 'node:path'],
  ['app/curation/canary.ts', '../../preload/index.ts'],
  ['main/core/canary.ts', 'electron'],
  ['main/core/canary.ts', 'react'],
  ['main/core/canary.ts', '../shell/paths.ts'],
  ['main/core/handlers/canary.ts', '../../headless/serve.ts'],
  ['main/core/canary.ts', '../../renderer/client.ts'],
  ['main/headless/canary.ts', 'electron'],
  ['main/headless/canary.ts', '../shell/paths.ts'],
  ['main/headless/web/canary.ts', '../../../renderer/client.ts'],
  ['main/shell/canary.ts', '../core/service.ts'],
  ['main/shell/door/canary.ts', '../../core/service.ts'],
  ['main/shell/canary.ts', '../../app/analyzer/open.ts'],
  ['main/shell/canary.ts', '../../app/curation/merge-plan.ts'],
  ['main/shell/canary.ts', '../headless/serve.ts'],
  ['main/shell/canary.ts', 'better-sqlite3'],
  ['main/shell/canary.ts', 'react'],
  ['preload/canary.ts', 'node:fs'],
  ['preload/canary.ts', 'zod'],
  ['preload/canary.ts', '../app/failure.ts'],
  ['preload/canary.ts', '../main/shell/paths.ts'],
  ['renderer/canary.tsx', 'electron'],
  ['renderer/canary.tsx', 'node:fs'],
  ['renderer/canary.tsx', 'better-sqlite3'],
  ['renderer/screens/review/canary.tsx', '../../../main/core/service.ts'],
  ['renderer/canary.tsx', '../preload/index.ts'],
];

const allowed: [place: string, source: string][] = [
  ['app/analyzer/canary.ts', '../contract/settings.ts'],
  ['app/evidence/canary.ts', '../analyzer/view.ts'],
  ['app/judges/canary.ts', '../evidence/registry.ts'],
  ['app/curation/canary.ts', '../judges/judge.ts'],
  ['main/core/canary.ts', '../../app/analyzer/view.ts'],
  ['main/core/canary.ts', 'node:fs'],
  ['main/headless/canary.ts', '../core/service.ts'],
  ['main/shell/canary.ts', 'electron'],
  ['main/shell/canary.ts', './core-link/core-link.ts'],
  ['main/shell/canary.ts', '../../app/commands/registry.ts'],
  ['preload/canary.ts', '../app/contract/channels.ts'],
  ['renderer/canary.tsx', '../app/plots/registry.ts'],
];

let planted: string;
let broken: Map<string, Set<string>>;
const named = (place: string, index: number) => place.replace('canary.', `canary-${index}.`);

// Every canary is planted in an empty house with our rules, and the linter runs over it once.
beforeAll(() => {
  planted = mkdtempSync(join(tmpdir(), 'samecell-fences-'));
  for (const file of ['biome.json', '.gitignore']) copyFileSync(join(root, file), join(planted, file));
  [...forbidden, ...allowed].forEach(([place, source], index) => {
    const file = join(planted, named(place, index));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `import * as canary from '${source}';\n\nexport const sung = canary;\n`);
  });
  const { stdout } = spawnSync(biome, ['lint', '--reporter=json', '--max-diagnostics=none', '.'], { cwd: planted, encoding: 'utf8' });
  broken = new Map();
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { category: string; location: { path: string | { file: string } } }[] };
  for (const { category, location } of diagnostics) {
    const path = typeof location.path === 'string' ? location.path : location.path.file;
    broken.set(path, (broken.get(path) ?? new Set()).add(category));
  }
});
afterAll(() => rmSync(planted, { recursive: true, force: true }));

const rule = 'lint/style/noRestrictedImports';

describe('the walls between rooms', () => {
  test.each(forbidden.map((one, index) => [...one, index] as const))('%s may not import %s', (place, _source, index) => {
    expect(broken.get(named(place, index)) ?? new Set()).toContain(rule);
  });

  test.each(allowed.map((one, index) => [...one, forbidden.length + index] as const))('%s may import %s', (place, _source, index) => {
    expect(broken.get(named(place, index)) ?? new Set()).not.toContain(rule);
  });
});
