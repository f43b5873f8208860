import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { root } from '../../core/support/open-service.ts';
import { temporaryFolder } from '../../core/support/temporary-folder.ts';

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
  /** What was printed as JSON, else `undefined`. */
  // biome-ignore lint/suspicious/noExplicitAny: what a script parses
  readonly json: any;
}

/** The command line in a process of its own, with an empty home and nothing of the environment but what is given; gone when the test is. */
export function startSamecell(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [join(root, 'main', 'headless', 'cli.ts'), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HOME: temporaryFolder(), ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  let errors = '';
  child.stdout.on('data', (text) => {
    out += String(text);
  });
  child.stderr.on('data', (text) => {
    errors += String(text);
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out, errors, json: parsed(out) })));
  return { child, ended, printed: () => out };
}

/** One whole command. */
export function samecell(...words: string[]): Promise<Ended> {
  return startSamecell(words).ended;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
