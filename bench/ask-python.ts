import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { interopPython } from '../scripts/interop-setup.mjs';

/** Packages that only benchmarks need; made by the command in README.md. */
export const benchPackages = join(import.meta.dirname, '..', '.setup', 'bench-packages');

/** One process of a script of this folder that answers a line of JSON with a line of JSON, so that both sides can be timed in turn. */
export function talkToPython<Answer>(script: string): { ask(question: unknown): Promise<Answer>; end(): void } {
  const child = spawn(benchPython(), ['-B', join(import.meta.dirname, script)], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, PYTHONPATH: benchPackages, OMP_NUM_THREADS: '1' },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${script} ended without an answer.`);
      return JSON.parse(value) as Answer;
    },
    end: () => child.stdin.end(),
  };
}

/** Runs a script of this folder with SpikeInterface and gives the JSON of its last line, and the wall time of the whole process in ms. */
export function askPython<Answer>(script: string, words: readonly string[]): { answer: Answer; ms: number } {
  const { out, ms } = runPython(script, words);
  return { answer: JSON.parse(out.trimEnd().split('\n').at(-1) ?? ''), ms };
}

/** Lets a script of this folder make an analyzer where none is yet. */
export function makeOnce(script: string, folder: string): void {
  if (!existsSync(folder)) runPython(script, [folder]);
}

function runPython(script: string, words: readonly string[]): { out: string; ms: number } {
  const python = benchPython();
  const begin = performance.now();
  const run = spawnSync(python, ['-B', join(import.meta.dirname, script), ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, PYTHONPATH: benchPackages, OMP_NUM_THREADS: '1', MPLCONFIGDIR: benchPackages },
  });
  const ms = performance.now() - begin;
  if (run.status !== 0) throw new Error(`${script} failed: ${run.stderr}`);
  return { out: run.stdout, ms };
}

/** The Python that has SpikeInterface. */
export function benchPython(): string {
  const python = interopPython('si105');
  if (python === undefined) throw new Error('The Python environment is not there. Make it with: node scripts/interop-setup.mjs');
  return python;
}

/** The middle of some times. */
export function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
