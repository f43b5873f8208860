import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

const nobody = 65534;
const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--'];
const isRoot = process.getuid?.() === 0;

/**
 * Where the application runs from and as whom. Chromium's sandbox refuses root, so root steps down to "nobody" and keeps
 * the sandbox; `sandboxed` is false only where the machine lets nobody make a user namespace.
 */
export interface House {
  readonly folder: string;
  readonly node: string;
  readonly sandboxed: boolean;
  /** The command that runs a program of this house, as a file (Playwright takes nothing else). */
  command(program: string): string;
  /** A fresh folder that the application may write. */
  newFolder(name: string): string;
  close(): void;
}

export function openHouse(): House {
  const made: string[] = [];
  const sandboxed = !isRoot || spawnSync('setpriv', [...asNobody, 'unshare', '-U', 'true']).status === 0;
  const stepsDown = isRoot && sandboxed;
  const temporary = (name: string) => {
    const folder = mkdtempSync(join(tmpdir(), `samecell-${name}-`));
    made.push(folder);
    if (stepsDown) {
      chmodSync(folder, 0o755);
      chownSync(folder, nobody, nobody);
    }
    return folder;
  };
  const isReadable = !stepsDown || spawnSync('setpriv', [...asNobody, 'test', '-r', join(root, 'package.json')]).status === 0;
  const folder = isReadable ? root : copyTo(temporary('house'));
  const commands = temporary('commands');
  return {
    folder,
    node: isReadable ? process.execPath : join(folder, 'node'),
    sandboxed,
    command(program) {
      if (!stepsDown) return program;
      const file = join(commands, `run-${commandCount++}.sh`);
      writeFileSync(file, `#!/bin/sh\nexec setpriv ${asNobody.join(' ')} ${program} "$@"\n`);
      chmodSync(file, 0o755);
      return file;
    },
    newFolder: temporary,
    close() {
      for (const one of made) rmSync(one, { recursive: true, force: true });
    },
  };
}

let commandCount = 0;

/** A clone under a folder that is closed to others (such as /root): what runs is copied to where it can be read. */
function copyTo(folder: string): string {
  for (const place of ['out', 'assets', 'package.json', '.setup/electron22', ...modules()]) {
    if (!existsSync(join(root, place))) continue;
    mkdirSync(join(folder, place, '..'), { recursive: true });
    cpSync(join(root, place), join(folder, place), { recursive: true });
  }
  cpSync(process.execPath, join(folder, 'node'));
  execFileSync('chmod', ['-R', 'a+rX', folder]);
  return folder;
}

function modules(): string[] {
  return ['better-sqlite3', '@napi-rs', 'keytar'].map((name) => `node_modules/${name}`);
}
