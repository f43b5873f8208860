import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly optional?: boolean;
  readonly dev?: boolean;
  readonly integrity?: string;
  readonly optionalDependencies?: Record<string, string>;
}

const root = join(import.meta.dirname, '..', '..');
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
const about = read('package.json') as {
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
};

describe('the lockfile', () => {
  test('names the packages for every system, or npm ci refuses it (scripts/complete-lockfile.mjs adds them)', () => {
    const lacking = Object.entries(packages).flatMap(([parent, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !packages[`node_modules/${name}`] && !packages[`${parent}/node_modules/${name}`]),
    );
    expect(lacking).toEqual([]);
  });

  test('pins a version of each and ties it to no registry', () => {
    for (const [place, one] of Object.entries(packages).filter(([place]) => place !== '')) {
      expect([place, one.version]).toEqual([place, expect.stringMatching(/^\d/)]);
      expect([place, one.resolved]).toEqual([place, undefined]);
    }
  });

  test('has the checksum of all that is not for other systems only', () => {
    expect(
      Object.entries(packages)
        .filter(([place, one]) => place !== '' && !one.integrity && !one.optional)
        .map(([place]) => place),
    ).toEqual([]);
  });

  test('lets no package but the named run a program when it is installed', () => {
    const able = Object.entries(packages).filter(([, one]) => one.hasInstallScript);
    expect(able.map(([place]) => place.replace('node_modules/', '')).sort()).toEqual(['electron-winstaller', 'keytar', 'node']);
    expect(Object.keys(about.allowScripts).sort()).toEqual(['keytar', 'node']);
  });
});

test('people’s copies carry packages with machine code only; everything else is part of the build', () => {
  expect(Object.keys({ ...about.dependencies, ...about.optionalDependencies }).sort()).toEqual([
    '@napi-rs/keyring',
    'better-sqlite3',
    'keytar',
  ]);
});
