import type { BrowserWindow, Notification } from 'electron';
import type { ElectronApplication, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bridge } from '../../app/contract/messages.ts';
import { type ProviderServer, startProviderServer } from '../fixtures/servers/provider-server.ts';
import { startDisplay } from './display.ts';
import { type Started, startElectron } from './electron.ts';
import { type House, openHouse } from './house.ts';
import { goToPlace, goToStep, openDemo } from './walk.ts';

declare global {
  interface Window {
    readonly bridge?: Bridge;
  }
}

/** What the shell did, kept inside its own process. */
interface Kept {
  readonly progress: number[];
  readonly asked: { message: string; buttons: string[] }[];
  readonly notices: { title: string; body: string }[];
  answer: number;
}
type Keeping = typeof globalThis & { kept: Kept };

const groupCount = 17;
const delayMs = 500;
const patience = { timeout: 20_000 };

let house: House;
let display: { display: string; close(): Promise<void> };
let server: ProviderServer;
const open: Started[] = [];

beforeAll(async () => {
  house = openHouse();
  display = await startDisplay();
  server = await startProviderServer(() => ({ kind: 'answer', delayMs }));
});
afterAll(async () => {
  for (const one of open) await one.close().catch(() => undefined);
  await server?.close();
  await display?.close();
  house?.close();
});

async function start(dataFolder?: string): Promise<Started> {
  const started = await startElectron({ house, display: display.display, ...(dataFolder === undefined ? {} : { dataFolder }) });
  open.push(started);
  return started;
}

/** Notes what goes to the taskbar, to notifications and to the question before closing, which answers as told. */
function keepWatch(app: ElectronApplication): Promise<void> {
  return app.evaluate(({ BrowserWindow, Notification, dialog }) => {
    const kept: Kept = { progress: [], asked: [], notices: [], answer: 0 };
    (globalThis as Keeping).kept = kept;
    const [window] = BrowserWindow.getAllWindows() as [BrowserWindow];
    const setProgressBar = window.setProgressBar.bind(window);
    window.setProgressBar = (value: number) => {
      kept.progress.push(value);
      setProgressBar(value);
    };
    // A person works in another application meanwhile.
    window.isFocused = () => false;
    Notification.isSupported = () => true;
    // Each notice has a show of its own, so it is exchanged once somebody listens to the notice.
    const listen = Notification.prototype.on as (this: Notification, ...given: unknown[]) => Notification;
    Notification.prototype.on = function (this: Notification, ...given: unknown[]) {
      this.show = () => void kept.notices.push({ title: this.title, body: this.body });
      return listen.apply(this, given);
    } as typeof Notification.prototype.on;
    dialog.showMessageBoxSync = ((_: BrowserWindow, options: { message: string; buttons?: string[] }) => {
      kept.asked.push({ message: options.message, buttons: options.buttons ?? [] });
      return kept.answer;
    }) as typeof dialog.showMessageBoxSync;
  });
}

const kept = (app: ElectronApplication): Promise<Kept> => app.evaluate(() => (globalThis as Keeping).kept);
const close = (app: ElectronApplication) => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());

function ask(page: Page, name: string, input: unknown): Promise<unknown> {
  return page.evaluate(
    ([name, input]) =>
      new Promise((resolve) => {
        const id = Math.floor(Math.random() * 1e9) + 1e9;
        const stop = window.bridge?.listen((message) => {
          if (message.type !== 'reply' || message.id !== id) return;
          stop?.();
          resolve(message.result);
        });
        window.bridge?.send({ type: 'ask', id, name: name as string, input });
      }),
    [name, input] as const,
  );
}

/** Opens the demo, finds its pairs and has them judged by a slow model on this machine. */
async function beginRun(page: Page): Promise<void> {
  const settings = { openaiCompatibleUrl: `${server.origin}/v1`, openaiCompatibleModel: 'slow', remoteConsentAt: new Date().toISOString() };
  expect(await ask(page, 'settings.set', settings)).toMatchObject({ ok: true });
  await openDemo(page);
  await goToStep(page, 'Candidates');
  await page.getByRole('button', { name: 'Find candidates', exact: true }).click();
  await page.getByRole('heading', { name: `${groupCount} groups`, exact: true }).waitFor();
  await goToStep(page, 'Judge');
  await page.getByRole('combobox', { name: 'Judge', exact: true }).selectOption('openai-compatible');
  await page.getByLabel('Asked at the same time (num_workers)').fill('2');
  await page.getByRole('button', { name: `Judge ${groupCount} groups`, exact: true }).click();
  await page
    .getByRole('article', { name: /^Run of/ })
    .getByText('Running', { exact: true })
    .waitFor();
}

test('a run shows in the taskbar, closing asks first, and its end is told to whoever looks elsewhere', async () => {
  const { app, page } = await start();
  await keepWatch(app);
  await beginRun(page);
  await expect.poll(async () => (await kept(app)).progress.some((value) => value > 0.1 && value < 1), patience).toBe(true);

  await close(app);
  await expect.poll(async () => (await kept(app)).asked.length, patience).toBe(1);
  const [question] = (await kept(app)).asked;
  expect(question?.message).toMatch(/^\d+ groups are still to be judged\.$/);
  expect(question?.buttons).toEqual(['Keep Running', 'Stop and Quit']);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);

  const run = page.getByRole('article', { name: /^Run of/ });
  await run.getByText('Done', { exact: true }).waitFor({ timeout: 90_000 });
  await expect.poll(async () => (await kept(app)).notices.length, patience).toBe(1);
  const { progress, notices } = await kept(app);
  expect(notices).toEqual([{ title: 'Groups are judged', body: expect.stringMatching(new RegExp(`^${groupCount} answered`)) }]);
  expect(progress.at(-1)).toBe(-1);
  const shown = progress.filter((value) => value >= 0);
  expect(shown).toEqual([...shown].sort((a, b) => a - b));
  expect(new Set(shown).size).toBeGreaterThan(3);

  const ended = app.waitForEvent('close');
  await close(app).catch(() => undefined);
  await ended;
});

test('stopped by closing, a run waits with every verdict that came in and goes on when resumed', async () => {
  const first = await start();
  await keepWatch(first.app);
  await beginRun(first.page);
  const run = first.page.getByRole('article', { name: /^Run of/ });
  await run.getByText(/^[3-9] of 17 groups/).waitFor();
  await first.app.evaluate(() => {
    (globalThis as Keeping).kept.answer = 1;
  });
  const ended = first.app.waitForEvent('close');
  await close(first.app).catch(() => undefined);
  await ended;
  const requestsBefore = server.arrived.length;

  const { page, close: end } = await start(first.dataFolder);
  await goToPlace(page, 'History');
  await page.getByRole('button', { name: 'Continue splits' }).click();
  await goToStep(page, 'Judge');
  const waiting = page.getByRole('article', { name: /^Run of/ });
  await waiting.getByText('Paused', { exact: true }).waitFor();
  const done = Number(/^(\d+) of 17 groups/.exec((await waiting.getByText(/^\d+ of 17 groups/).textContent()) ?? '')?.[1]);
  expect(done).toBeGreaterThanOrEqual(3);
  expect(done).toBeLessThan(groupCount);
  await waiting.getByRole('button', { name: 'Resume' }).click();
  await waiting.getByText('Done', { exact: true }).waitFor({ timeout: 90_000 });
  expect(server.arrived.length - requestsBefore).toBe(groupCount - done);
  await end();
});
