import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manyGroups } from '../fixtures/many-groups.ts';
import { type House, openHouse, root } from './house.ts';
import { longTaskMs, rounded, tasksWhile } from './tasks.ts';
import { goToStep, openDemo } from './walk.ts';
import { openPage, type Served, startChromium, startServe } from './web.ts';

const groupCount = 100_000;
const stops = 250;

let house: House;
let browser: Browser;
let served: Served;
let page: Page;
let complaints: string[];
/** Bytes that came over the WebSocket, and the largest frame. */
const received = { bytes: 0, largest: 0 };

beforeAll(async () => {
  house = openHouse();
  browser = await startChromium();
  served = await startServe({ house });
  const opened = await openPage(browser, 'about:blank');
  ({ page, complaints } = opened);
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      received.bytes += payload.length;
      received.largest = Math.max(received.largest, payload.length);
    }),
  );
  await page.goto(served.url);
  const units = JSON.parse(readFileSync(join(root, 'test', 'fixtures', 'splits.ground_truth.json'), 'utf8')) as {
    unit_to_cell: Record<string, number>;
  };
  const file = join(house.newFolder('lists'), 'many.txt');
  writeFileSync(file, manyGroups(Object.keys(units.unit_to_cell), groupCount));
  await openDemo(page);
  await goToStep(page, 'Candidates');
  const form = page.getByRole('form', { name: 'Import candidates' });
  await form.locator('input[type=file]').setInputFiles(file);
  await form.getByRole('button', { name: /^(Import|Add)/ }).click();
  await page.getByRole('heading', { name: '100,000 groups', exact: true }).waitFor({ timeout: 60_000 });
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  house?.close();
});

interface Scrolled {
  readonly mostRows: number;
  readonly lastText: string;
}

/** Scrolls a list from its top to its end, one stretch a frame; how many rows were drawn at most, and what stands last. */
function scrollThrough(label: string, role: string, row: string): Promise<Scrolled> {
  return page.evaluate(
    async ({ label, role, row, stops }) => {
      const list = document.querySelector<HTMLElement>(`[role="${role}"][aria-label="${label}"]`);
      if (!list) throw new Error(`There is no ${label}.`);
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const rows = () => [...list.querySelectorAll<HTMLElement>(row)];
      let mostRows = 0;
      for (let stop = 0; stop <= stops; stop += 1) {
        list.scrollTop = ((list.scrollHeight - list.clientHeight) * stop) / stops;
        await frame();
        mostRows = Math.max(mostRows, rows().length);
      }
      const deadline = performance.now() + 20_000;
      const last = () => rows().at(-1)?.textContent ?? '';
      while (last() === '' && performance.now() < deadline) await frame();
      return { mostRows, lastText: last() };
    },
    { label, role, row, stops },
  );
}

async function scrolledSmoothly(what: string, label: string, role: string, row: string): Promise<Scrolled> {
  // The first pass makes the code warm, as a person's first turns of the wheel do.
  await scrollThrough(label, role, row);
  const before = received.bytes;
  let scrolled: Scrolled | undefined;
  const { cpuMs, wallMs } = await tasksWhile(
    { browser, page },
    async () => {
      scrolled = await scrollThrough(label, role, row);
    },
    stops,
  );
  const bytes = received.bytes - before;
  const total = cpuMs.reduce((sum, ms) => sum + ms, 0);
  process.stdout.write(
    `${what}: ${scrolled?.mostRows} rows at most, ${Math.round(bytes / 1000)} kB; processor ms a frame ${(total / stops).toFixed(1)}, longest tasks ${rounded(cpuMs.slice(0, 5)).join(' ')} (elapsed ${rounded(wallMs.slice(0, 5)).join(' ')})\n`,
  );
  // A collection of garbage may fall into a frame or two.
  const long = cpuMs.filter((ms) => ms > longTaskMs);
  expect(long.length, 'tasks of more processor time than a long task may take').toBeLessThan(stops / 100);
  expect(cpuMs[0], 'the longest task').toBeLessThan(longTaskMs * 3);
  expect(total / stops, 'processor time a frame').toBeLessThan(longTaskMs / 2);
  return scrolled as Scrolled;
}

test('the table of a hundred thousand groups scrolls from end to end without a long task', async () => {
  const { mostRows, lastText } = await scrolledSmoothly('table', 'Groups', 'table', '[role="row"][data-index]');
  expect(mostRows).toBeGreaterThan(20);
  expect(mostRows).toBeLessThan(120);
  expect(lastText).toContain('many.txt');
  expect(received.largest).toBeLessThan(200_000);
});

test('the table is ordered, filtered and chosen from without sending the list', async () => {
  const before = received.bytes;
  const table = page.getByRole('table', { name: 'Groups' });
  await page.getByRole('textbox', { name: 'Filter' }).fill('spike_count > 300 and decision == "open"');
  await page.getByText(/^[\d,]+ of 100,000$/).waitFor();
  await table.getByRole('columnheader', { name: 'Units' }).getByRole('button').click();
  await expect.poll(async () => Number(await table.getAttribute('aria-rowcount')), { timeout: 20_000 }).toBeLessThan(groupCount);
  const shown = Number(await table.getAttribute('aria-rowcount')) - 1;
  await page.getByRole('button', { name: 'Choose these' }).click();
  await page.getByRole('button', { name: `Review ${shown.toLocaleString('en-US')} chosen` }).waitFor();
  await page.getByRole('button', { name: 'Choose none' }).click();
  await page.getByRole('textbox', { name: 'Filter' }).fill('');
  await expect.poll(async () => Number(await table.getAttribute('aria-rowcount')), { timeout: 20_000 }).toBe(groupCount + 1);
  expect(received.bytes - before).toBeLessThan(1_000_000);
});

test('a scatter draws a hundred thousand points, and a box chooses from all of them', async () => {
  const before = received.bytes;
  await page.getByRole('button', { name: 'Scatter' }).click();
  const field = page.getByRole('img', { name: /^9\d{4} groups by/ });
  await field.waitFor({ timeout: 60_000 });
  await page.getByText('Box', { exact: true }).click();
  const box = await field.boundingBox();
  if (!box) throw new Error('The scatter has no place.');
  const { cpuMs } = await tasksWhile(
    { browser, page },
    async () => {
      await page.mouse.move(box.x + 70, box.y + 12);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width - 20, box.y + box.height - 45, { steps: 60 });
      await page.mouse.up();
      await page.getByRole('button', { name: /^Review 9\d,\d{3} chosen$/ }).waitFor();
    },
    50,
  );
  const longest = rounded(cpuMs.slice(0, 5)).join(' ');
  process.stdout.write(`scatter: longest tasks ${longest}, ${Math.round((received.bytes - before) / 1000)} kB\n`);
  expect(cpuMs[0], 'the longest task').toBeLessThan(longTaskMs);
  expect(received.largest).toBeLessThan(4_000_000);
  expect(received.bytes - before).toBeLessThan(12_000_000);
  await page.getByRole('button', { name: 'Choose none' }).click();
  await page.getByRole('button', { name: 'Scatter' }).click();
});

test('the review queue of a hundred thousand groups scrolls from end to end without a long task', async () => {
  await goToStep(page, 'Review');
  await page.getByRole('heading', { name: '0 of 100,000 decided' }).waitFor();
  await page.locator('[data-feature] canvas').first().waitFor();
  // What is loaded ahead is no part of scrolling.
  await page.waitForTimeout(3000);
  const { mostRows } = await scrolledSmoothly('queue', 'Groups', 'listbox', '[role="option"]');
  expect(mostRows).toBeGreaterThan(10);
  expect(mostRows).toBeLessThan(80);
});

test('groups of five are looked at and decided without a task that a person would feel', async () => {
  const units = () => page.getByRole('list', { name: 'Units of the group' }).textContent();
  const go = async (key: string) => {
    const before = await units();
    await page.keyboard.press(key);
    await expect.poll(units, { timeout: 20_000 }).not.toBe(before);
    await page.locator('[data-feature] canvas').first().waitFor();
    // As fast as a person who hardly looks.
    await page.waitForTimeout(300);
  };
  // The first pictures make the code warm.
  for (const key of ['ArrowRight', 'ArrowRight', 'u', 'u']) await go(key);
  const { cpuMs, wallMs } = await tasksWhile(
    { browser, page },
    async () => {
      for (const key of ['ArrowRight', 'g', 'Backspace', 'u', 'ArrowLeft', 'ArrowRight', 'g', 'g', 'Backspace', 'u']) await go(key);
    },
    50,
  );
  process.stdout.write(
    `reviewing: longest tasks ${rounded(cpuMs.slice(0, 5)).join(' ')} (elapsed ${rounded(wallMs.slice(0, 5)).join(' ')})\n`,
  );
  for (let decided = 9; decided > 0; decided -= 1) {
    await page.keyboard.press('Control+z');
    await page.getByRole('heading', { name: `${decided - 1} of 100,000 decided` }).waitFor();
  }
  // A picture of five units is drawn in one go, and has up to 25 panels.
  expect(cpuMs[0], 'the longest task').toBeLessThan(longTaskMs * 2);
});

test('a decision brings the next group and sends only what changed', async () => {
  await page.getByRole('listbox', { name: 'Groups' }).press('Home');
  const units = () => page.getByRole('list', { name: 'Units of the group' }).textContent();
  await page.waitForTimeout(1000);
  const first = await units();
  const before = received.bytes;
  await page.keyboard.press('g');
  await page.getByRole('heading', { name: '1 of 100,000 decided' }).waitFor();
  await expect.poll(units).not.toBe(first);
  await page.keyboard.press('Control+z');
  await page.getByRole('heading', { name: '0 of 100,000 decided' }).waitFor();
  await expect.poll(units).toBe(first);
  // Pictures and numbers of the next groups come along; the list does not.
  expect(received.bytes - before).toBeLessThan(3_000_000);
  expect(complaints).toEqual([]);
});
