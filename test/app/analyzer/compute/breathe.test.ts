import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createBreather } from '../../../../app/analyzer/compute/breathe.ts';

const holdLong = (): void => {
  const until = Date.now() + 20;
  while (Date.now() < until);
};

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a long loop', () => {
  it('goes on at once while it has not held the thread for long', () => {
    expect(createBreather(undefined)()).toBeUndefined();
  });

  for (const host of ['Node', 'a window']) {
    it(`lets what waits have its turn in ${host}, and stops once it is called off`, async () => {
      if (host === 'a window') vi.stubGlobal('setImmediate', undefined);
      const stop = new AbortController();
      const breathe = createBreather(stop.signal);
      let hadTurn = false;
      setTimeout(() => {
        hadTurn = true;
      }, 0);
      for (let turns = 0; turns < 3; turns += 1) {
        holdLong();
        await breathe();
      }
      expect(hadTurn).toBe(true);
      setTimeout(() => stop.abort(), 0);
      const rounds = async () => {
        for (let turns = 0; turns < 50; turns += 1) {
          holdLong();
          await breathe();
        }
      };
      await expect(rounds()).rejects.toMatchObject({ kind: 'cancelled' });
    });
  }

  it('does not load the fetch library of Node for its turns', () => {
    const breathe = join(import.meta.dirname, '../../../../app/analyzer/compute/breathe.ts');
    const script = `
      const { createBreather } = await import(${JSON.stringify(breathe)});
      const breathe = createBreather(undefined);
      const until = Date.now() + 20;
      while (Date.now() < until);
      await breathe();
      const loaded = process.moduleLoadList.filter((name) => name.includes('undici'));
      process.stdout.write(JSON.stringify(loaded));
    `;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(run.stdout).toBe('[]');
  });
});
