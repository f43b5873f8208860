import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bareTestElectron, testElectronVersion } from '../../scripts/test-electron.mjs';
import { startDisplay } from './display.ts';
import { environment, readLog } from './electron.ts';
import { type House, openHouse, root } from './house.ts';

const bin = (name: string) => join(root, 'node_modules', '.bin', name);
let house: House;
let display: { display: string; close(): Promise<void> };
let packed: string;
const running: ChildProcess[] = [];

// electron-builder packs the application as for people, but around the test Electron, which has no fuse for file:// yet.
beforeAll(() => {
  house = openHouse();
  const output = house.newFolder('packed');
  const config = join(root, '.setup', 'electron-builder.test.yml');
  const asShipped = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
  mkdirSync(join(root, '.setup'), { recursive: true });
  writeFileSync(config, asShipped.replace(/^ {2}grantFileProtocolExtraPrivileges: .*\n/m, ''));
  execFileSync(
    bin('electron-builder'),
    [
      '--linux',
      'dir',
      `--config=${config}`,
      `-c.electronDist=${bareTestElectron()}`,
      `-c.electronVersion=${testElectronVersion}`,
      `-c.directories.output=${output}`,
    ],
    { cwd: root, stdio: 'pipe' },
  );
  execFileSync('chmod', ['-R', 'a+rX', output]);
  packed = join(output, 'linux-unpacked');
}, 120_000);

beforeAll(async () => {
  display = await startDisplay();
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await display?.close();
  rmSync(join(root, '.setup', 'electron-builder.test.yml'), { force: true });
  house?.close();
});

function start(words: readonly string[], env: Record<string, string> = {}) {
  const dataFolder = house.newFolder('data');
  const child = spawn(house.command(join(packed, 'samecell')), ['--disable-gpu', '--disable-dev-shm-usage', ...words], {
    cwd: dataFolder,
    env: { ...environment(display.display, house, dataFolder), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return { child, dataFolder, ended, log: () => readLog(dataFolder), said: () => out };
}

describe('the packaged application', () => {
  test('starts: the window is shown and its core answers', async () => {
    const { log, child, ended } = start([]);
    await expect.poll(() => log().some((line) => 'windowShownMs' in line), { timeout: 30_000 }).toBe(true);
    await expect.poll(() => log().some((line) => 'coreReadyMs' in line), { timeout: 30_000 }).toBe(true);
    expect(log().filter((line) => 'problem' in line)).toEqual([]);
    child.kill('SIGTERM');
    await ended;
  });

  test('does not start with a switch that lets other programs in', async () => {
    const { ended, log } = start(['--remote-debugging-port=0']);
    expect(await ended).toBe(1);
    expect(log()).toEqual([expect.objectContaining({ what: 'harden', refused: '--remote-debugging-port' })]);
  });

  test('is no Node for others', async () => {
    const script = join(house.newFolder('script'), 'x.js');
    writeFileSync(script, "process.stdout.write('ran as Node')");
    const { said, log, child, ended } = start([script], { ELECTRON_RUN_AS_NODE: '1' });
    await expect.poll(() => log().some((line) => 'windowShownMs' in line), { timeout: 30_000 }).toBe(true);
    expect(said()).not.toContain('ran as Node');
    child.kill('SIGTERM');
    await ended;
  });

  test('has its fuses set', () => {
    const { stdout } = spawnSync(bin('electron-fuses'), ['read', '--app', join(packed, 'samecell')], { encoding: 'utf8' });
    const fuses = Object.fromEntries([...stdout.matchAll(/(\w+) is (Enabled|Disabled)/g)].map(([, name, state]) => [name, state]));
    expect(fuses).toMatchObject({
      RunAsNode: 'Disabled',
      EnableCookieEncryption: 'Disabled',
      EnableNodeOptionsEnvironmentVariable: 'Disabled',
      EnableNodeCliInspectArguments: 'Disabled',
      EnableEmbeddedAsarIntegrityValidation: 'Enabled',
      OnlyLoadAppFromAsar: 'Enabled',
    });
  });

  test('holds what was built and nothing of the sources, the tests or an update service', () => {
    const { stdout } = spawnSync(bin('asar'), ['list', join(packed, 'resources', 'app.asar')], { encoding: 'utf8' });
    const files = stdout.trim().split('\n');
    const own = files.filter((file) => !file.startsWith('/node_modules'));
    expect(own).toContain('/out/shell/index.cjs');
    expect([...new Set(own.map((file) => file.split('/')[1]))].sort()).toEqual(['assets', 'out', 'package.json']);
    expect(own.filter((file) => /\.(ts|tsx|map)$/.test(file))).toEqual([]);
    expect(existsSync(join(packed, 'resources', 'app-update.yml'))).toBe(false);
    expect(existsSync(join(packed, 'resources', 'assets', 'demo', 'splits', 'spikeinterface_info.json'))).toBe(true);
  });

  test('carries few packages, each because of its machine code', () => {
    const packages = readdirSync(join(packed, 'resources', 'app.asar.unpacked', 'node_modules'));
    const inside = packages.flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(join(packed, 'resources', 'app.asar.unpacked', 'node_modules', name)).map((inner) => `${name}/${inner}`)
        : [name],
    );
    const native = /^(better-sqlite3|keytar|@napi-rs\/(canvas|keyring)(-linux-x64-(gnu|musl))?)$/;
    expect(inside.filter((name) => !native.test(name))).toEqual([]);
    expect(inside).toContain('better-sqlite3');
  });

  test('its core reads, finds and draws from where it was packed', () => {
    const out = house.newFolder('figures');
    const cli = join(packed, 'resources', 'app.asar.unpacked', 'out', 'core', 'cli.js');
    const analyzer = join(packed, 'resources', 'assets', 'demo', 'splits');
    const groups = join(out, 'groups.json');
    writeFileSync(groups, '[[36, 37]]');
    const { stdout, status } = spawnSync(
      process.execPath,
      [
        cli,
        'figures',
        analyzer,
        '--groups',
        groups,
        '--features',
        'crosscorrelograms',
        '--out',
        out,
        '--data-dir',
        join(out, 'data'),
        '--json',
      ],
      { cwd: out, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: out } },
    );
    expect(status).toBe(0);
    const { figures } = JSON.parse(stdout) as { figures: { file: string; bytes: number }[] };
    expect(figures).toHaveLength(1);
    expect(figures[0].bytes).toBeGreaterThan(5000);
  });

  test('as shipped it updates nothing and opens no file as a page', () => {
    const asShipped = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
    expect(asShipped).not.toContain('no-sandbox');
    expect(asShipped).toMatch(/^publish: null$/m);
    expect(asShipped).toMatch(/^ {2}grantFileProtocolExtraPrivileges: false$/m);
  });

  test('leaves no switch against the sandbox in what starts it', () => {
    for (const name of readdirSync(packed).filter((name) => /\.(sh|desktop)$/.test(name) || name === 'samecell-launcher'))
      expect(readFileSync(join(packed, name), 'utf8')).not.toContain('no-sandbox');
  });
});
