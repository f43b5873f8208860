import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import { longTaskMs, rounded, tasksWhile } from './tasks.ts';
import { openDemo } from './walk.ts';
import { openPage, type Served, startChromium, startServe } from './web.ts';

const groupCount = 17;

let house: House;
let browser: Browser;
let served: Served;
let page: Page;

beforeAll(async () => {
  house = openHouse();
  browser = await startChromium();
  served = await startServe({ house });
  ({ page } = await openPage(browser, served.url));
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  house?.close();
});

test('the demo is reviewed from its first pair to its last without a task of the page over 50 ms', async () => {
  await openDemo(page);
  await page.keyboard.press('Control+1');
  await page.getByRole('button', { name: 'Find candidates', exact: true }).click();
  await page.getByRole('heading', { name: `${groupCount} groups`, exact: true }).waitFor();
  await page.keyboard.press('Control+3');
  await page.locator('[data-feature] canvas').nth(5).waitFor();
  // The first pictures make the code warm; then back to the beginning.
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft']) {
    await page.keyboard.press(key);
    await page.waitForTimeout(800);
  }
  const { cpuMs, wallMs } = await tasksWhile(
    { browser, page },
    async () => {
      for (let decided = 0; decided < groupCount; decided += 1) {
        await page.keyboard.press(decided % 3 === 2 ? 'Backspace' : 'g');
        await page.getByRole('heading', { name: `${decided + 1} of ${groupCount} decided` }).waitFor();
        await page.locator('[data-feature] canvas').nth(5).waitFor();
        await page.waitForTimeout(400);
      }
    },
    100,
  );
  process.stdout.write(
    `reviewing: longest tasks ${rounded(cpuMs.slice(0, 5)).join(' ')} (elapsed ${rounded(wallMs.slice(0, 5)).join(' ')})\n`,
  );
  expect(cpuMs[0], 'processor time of the longest task').toBeLessThan(longTaskMs);
});
