import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';

const tools = { 'dbus-run-session': 'dbus', 'gnome-keyring-daemon': 'gnome-keyring' } as const;

interface Told {
  readonly state: { readonly protected: boolean; readonly backend: string; readonly store: string; readonly why?: string };
  readonly before: string | null;
  readonly set: { readonly kept: boolean };
  readonly read: string | null;
  readonly has: { readonly present: boolean; readonly kept: boolean };
  readonly removed: { readonly removed: boolean };
  readonly after: { readonly present: boolean };
}

/** Runs the session script with the command line given, in a home folder of its own. */
async function inSession(script: string, ...words: string[]): Promise<Told> {
  const home = mkdtempSync(join(tmpdir(), 'samecell-keychain-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const child = spawn(
    'dbus-run-session',
    ['--', 'sh', '-c', script, 'sh', process.execPath, join(import.meta.dirname, 'keychain-session.ts'), ...words],
    {
      env: { PATH: process.env['PATH'], HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: join(home, 'data'), LANG: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  await new Promise((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', reject);
  });
  const line = out.split('\n').find((one) => one.startsWith('{'));
  if (line === undefined) throw new Error(`The session said nothing. ${errors.slice(-2000)}`);
  return JSON.parse(line) as Told;
}

const withKeyring = 'printf "\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@"';
const withoutKeyring = 'exec "$@"';

describe.runIf(process.platform === 'linux')('the real keychain of Linux', () => {
  beforeAll(() => {
    const folders = (process.env['PATH'] ?? '').split(':');
    const missing = Object.entries(tools).filter(([tool]) => !folders.some((folder) => existsSync(join(folder, tool))));
    if (missing.length > 0)
      throw new Error(
        `Missing: ${missing.map(([tool]) => tool).join(', ')}. Run: apt-get install -y ${Object.values(tools).join(' ')} libsecret-1-0`,
      );
  });

  test.each(['keytar', '@napi-rs/keyring'])('%s writes, reads back from another vault, and removes', async (name) => {
    const told = await inSession(withKeyring, name);
    expect(told).toEqual({
      state: { protected: true, backend: 'keychain', store: name },
      before: null,
      set: { kept: true },
      read: 'a-real-key-1',
      has: { present: true, kept: true },
      removed: { removed: true },
      after: { present: false, kept: false },
    });
  });

  test('without a keyring the vault is honest: this session only', async () => {
    const told = await inSession(withoutKeyring);
    expect(told.state).toMatchObject({ protected: false, backend: 'session', store: 'session' });
    expect(told.state.why).toContain('keyring');
    expect(told).toMatchObject({ set: { kept: false }, read: null, after: { present: true, kept: false } });
  });
});
