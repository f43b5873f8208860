import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { interopPython } from '../scripts/interop-setup.mjs';

/** Packages that only benchmarks need; made by the command in README.md. */
export const benchPackages = join(import.meta.dirname, '..', '.setup', 'bench-packages');

/** Runs a script of this folder with SpikeInterface and gives the JSON of its last line, and the wall time of the whole process in ms. */
export function askPython<Answer>(script: string, words: readonly string[]): { answer: Answer; ms: number } {
  const python = interopPython('si105');
  if (python === undefined) throw new Error('The Python environment is not there. Make it with: node scripts/interop-setup.mjs');
  const begin = performance.now();
  const run = spawnSync(python, ['-B', join(import.meta.dirname, script), ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, PYTHONPATH: benchPackages, OMP_NUM_THREADS: '1', MPLCONFIGDIR: benchPackages },
  });
  const ms = performance.now() - begin;
  if (run.status !== 0) throw new Error(`${script} failed: ${run.stderr}`);
  return { answer: JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? ''), ms };
}

/** The middle of some times. */
export function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
