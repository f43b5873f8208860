import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { interopPython } from '../../scripts/interop-setup.mjs';

/**
 * Runs a script beside this file with real SpikeInterface: `request` goes in as JSON, the last line it prints comes back.
 * Fails where the environment is not there or the script fails, with what it said.
 */
export async function askSpikeInterface<Answer>(script: string, request: unknown, environment = 'si105'): Promise<Answer> {
  const python = interopPython(environment);
  if (python === undefined) {
    throw new Error(
      `The Python environment ${environment} is not there, so nothing was held against SpikeInterface. Make it with: node scripts/interop-setup.mjs`,
    );
  }
  const child = spawn(python, ['-B', join('test/interop', script)], { stdio: 'pipe' });
  child.stdin.end(JSON.stringify(request));
  const code = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const [printed, said] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if ((await code) !== 0) throw new Error(`${script} failed: ${said.trim()}`);
  return JSON.parse(printed.trimEnd().split('\n').at(-1) ?? '');
}
