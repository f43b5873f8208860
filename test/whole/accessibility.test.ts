import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import { goToPlace, goToStep, openDemo } from './walk.ts';
import { openPage, type Served, startChromium, startServe } from './web.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let house: House;
let browser: Browser;
let served: Served;
let page: Page;

beforeAll(async () => {
  house = openHouse();
  browser = await startChromium();
  served = await startServe({ house });
  ({ page } = await openPage(browser, served.url));
  await page.evaluate(axe);
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  house?.close();
});

/** What is wrong with what is on screen, in both themes: rule and place. */
async function violations(): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.waitForTimeout(200);
    const results: AxeResults = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({ resultTypes: ['violations'] }),
    );
    for (const { id, nodes } of results.violations)
      for (const node of nodes) found.push(`${colorScheme}: ${id}: ${node.html.slice(0, 120)}`);
  }
  return found;
}

/** Each screen in the order a person meets it, and what shows that it stands. */
const screens: [name: string, reach: () => Promise<unknown>][] = [
  ['start', () => page.getByRole('button', { name: 'Open the demo', exact: true }).waitFor()],
  [
    'overview',
    async () => {
      await openDemo(page);
    },
  ],
  [
    'candidates',
    async () => {
      await goToStep(page, 'Candidates');
      await page.getByRole('button', { name: 'Find candidates', exact: true }).click();
      await page.getByRole('heading', { name: '17 groups', exact: true }).waitFor();
    },
  ],
  [
    'judge',
    async () => {
      await goToStep(page, 'Judge');
      await page.getByRole('button', { name: 'Judge 17 groups', exact: true }).click();
      await page
        .getByRole('article', { name: /^Run of offline/ })
        .getByText('Done', { exact: true })
        .waitFor();
    },
  ],
  [
    'review',
    async () => {
      await goToStep(page, 'Review');
      await page.getByRole('heading', { name: '0 of 17 decided' }).waitFor();
      await page.locator('[data-feature] canvas').nth(5).waitFor();
    },
  ],
  [
    'results',
    async () => {
      await goToStep(page, 'Results');
      await page.getByRole('heading', { name: 'Results' }).waitFor();
    },
  ],
  [
    'history',
    async () => {
      await goToPlace(page, 'History');
      await page.getByRole('heading', { name: 'History' }).waitFor();
    },
  ],
  [
    'library',
    async () => {
      await goToPlace(page, 'Library');
      await page.getByRole('heading', { name: 'Library' }).waitFor();
    },
  ],
  [
    'settings',
    async () => {
      await goToPlace(page, 'Settings');
      await page.getByRole('heading', { name: 'Settings' }).waitFor();
    },
  ],
];

describe('in light and in dark, nothing stands in anyone’s way', () => {
  test.each(screens)('on the %s screen', async (_, reach) => {
    await reach();
    expect(await violations()).toEqual([]);
  });
});
