import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDisplay } from './display.ts';
import { environment, readLog, type Started, startElectron } from './electron.ts';
import { type House, openHouse } from './house.ts';
import { demoStands, openDemo } from './walk.ts';

let house: House;
let display: { display: string; close(): Promise<void> };
let open: Started[] = [];

beforeAll(async () => {
  house = openHouse();
  display = await startDisplay();
});
afterAll(async () => {
  for (const one of open) await one.close().catch(() => undefined);
  open = [];
  await display?.close();
  house?.close();
});

async function start(over: { arguments?: string[]; dataFolder?: string } = {}): Promise<Started> {
  const started = await startElectron({ house, display: display.display, ...over });
  open.push(started);
  return started;
}

async function stop(started: Started): Promise<void> {
  open = open.filter((one) => one !== started);
  await started.close();
}

/** Processes whose command line holds all of these words. */
function processes(...words: string[]): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return words.every((word) => line.includes(word));
      } catch {
        return false;
      }
    });
}

const demo = () => join(house.folder, 'assets', 'demo', 'splits');

describe('starting', () => {
  test('shows the start screen without one complaint, and leaves no process behind', async () => {
    const started = await start();
    await started.page.getByRole('heading', { name: 'Which units are the same cell?' }).waitFor();
    await expect.poll(() => started.log().some((line) => 'coreReadyMs' in line)).toBe(true);
    expect(started.complaints).toEqual([]);
    expect(processes('core/process.js', started.dataFolder)).toHaveLength(1);
    await stop(started);
    await expect.poll(() => processes(started.dataFolder), { timeout: 10_000 }).toEqual([]);
  });

  test('with a folder opens it', async () => {
    const started = await start({ arguments: [demo()] });
    await demoStands(started.page);
    await stop(started);
  });

  test('with a folder that is no analyzer says so in one sentence and still works', async () => {
    const started = await start({ arguments: [house.newFolder('empty')] });
    await started.page
      .getByText(/analyzer/i)
      .first()
      .waitFor();
    await openDemo(started.page);
    await stop(started);
  });

  test('a second time hands its folder to the first and ends', async () => {
    const started = await start();
    await started.page.getByRole('heading', { name: 'Which units are the same cell?' }).waitFor();
    const second = spawn(
      house.command(join(house.folder, '.setup', 'electron22', 'electron')),
      ['--disable-gpu', ...(house.sandboxed ? [] : ['--no-sandbox']), house.folder, demo()],
      { cwd: house.folder, env: environment(display.display, house, started.dataFolder), stdio: 'ignore' },
    );
    const ended = new Promise<number | null>((resolve) => second.once('exit', (code) => resolve(code)));
    await demoStands(started.page);
    expect(await ended).toBe(0);
    expect(await started.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    await stop(started);
  });

  test('on a database of a newer version shows why instead of a window, and harms nothing', async () => {
    const dataFolder = house.newFolder('data');
    const first = await start({ dataFolder });
    await expect.poll(() => first.log().some((line) => 'coreReadyMs' in line), { timeout: 10_000 }).toBe(true);
    await stop(first);
    await expect.poll(() => processes(dataFolder), { timeout: 10_000 }).toEqual([]);
    const file = join(dataFolder, 'samecell.sqlite');
    const database = new DatabaseSync(file);
    database.exec('pragma user_version = 9999');
    database.close();
    const child = spawn(
      house.command(join(house.folder, '.setup', 'electron22', 'electron')),
      ['--disable-gpu', ...(house.sandboxed ? [] : ['--no-sandbox']), house.folder],
      { cwd: house.folder, env: environment(display.display, house, dataFolder), stdio: 'ignore' },
    );
    await expect
      .poll(() => readLog(dataFolder).filter((line) => line.what === 'start' && 'kind' in line), { timeout: 20_000 })
      .toEqual([expect.objectContaining({ kind: 'storage.newer', problem: expect.stringMatching(/newer/) })]);
    expect(child.exitCode).toBe(null);
    child.kill('SIGKILL');
    expect((new DatabaseSync(file).prepare('pragma user_version').get() as { user_version: number }).user_version).toBe(9999);
  });
});

describe('while it runs', () => {
  test('the core may crash: the window stays, says it, and goes on where it was', async () => {
    const started = await start({ arguments: [demo()] });
    await demoStands(started.page);
    const [core] = processes('core/process.js', started.dataFolder);
    process.kill(core, 'SIGKILL');
    await expect.poll(() => started.log().some((line) => line.problem === 'the core ended by itself')).toBe(true);
    await expect.poll(() => processes('core/process.js', started.dataFolder).filter((pid) => pid !== core)).toHaveLength(1);
    await started.page.getByRole('button', { name: 'Find merge candidates' }).first().click();
    await started.page.getByRole('button', { name: 'Find candidates', exact: true }).click();
    await started.page.getByRole('region', { name: 'Outcome of the search' }).getByText('17 groups').waitFor();
    await stop(started);
  });

  test('a menu item orders its command in the window', async () => {
    const started = await start();
    await started.page.getByRole('heading', { name: 'Which units are the same cell?' }).waitFor();
    await started.app.evaluate(({ Menu }) => Menu.getApplicationMenu()!.getMenuItemById('screen.history')!.click());
    await started.page.getByRole('heading', { name: 'History' }).waitFor();
    await stop(started);
  });

  test('the menu follows what is on screen', async () => {
    const started = await start();
    const enabled = () =>
      started.app.evaluate(({ Menu }) =>
        ['analyzer.open', 'apply.open', 'review.same'].map((id) => Menu.getApplicationMenu()!.getMenuItemById(id)!.enabled),
      );
    await expect.poll(enabled).toEqual([true, false, false]);
    await started.page.getByRole('button', { name: 'Open the demo', exact: true }).click();
    await expect.poll(enabled).toEqual([true, true, false]);
    await stop(started);
  });

  test('the folder dialog opens what was chosen, and cancelling it changes nothing', async () => {
    const started = await start();
    const choose = (filePaths: string[]) =>
      started.app.evaluate(({ dialog }, filePaths) => {
        dialog.showOpenDialog = async () => ({ canceled: filePaths.length === 0, filePaths });
      }, filePaths);
    await choose([]);
    await started.page.getByRole('button', { name: /^Open an analyzer/ }).click();
    await started.page.getByRole('heading', { name: 'Which units are the same cell?' }).waitFor();
    await choose([demo()]);
    await started.page.keyboard.press('Control+o');
    await demoStands(started.page);
    await stop(started);
  });

  test('a page that ended offers to load again', async () => {
    const started = await start();
    await started.app.evaluate(({ dialog }) => {
      dialog.showMessageBox = async () => ({ response: 0, checkboxChecked: false });
    });
    const reloaded = started.app.waitForEvent('window', { timeout: 15_000 }).catch(() => undefined);
    await started.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].webContents.forcefullyCrashRenderer());
    await expect.poll(() => started.log().some((line) => line.problem === 'the page ended'), { timeout: 10_000 }).toBe(true);
    await expect
      .poll(() => started.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].webContents.isCrashed()), {
        timeout: 10_000,
      })
      .toBe(false);
    void reloaded;
    await stop(started);
  });
});
