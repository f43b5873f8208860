import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
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

const step = (name: string) => page.getByRole('navigation', { name: 'Steps of the session' }).getByRole('button', { name }).click();
const place = (name: string) => page.getByRole('navigation', { name: 'Application' }).getByRole('button', { name }).click();

/** Each screen in the order a person meets it, and what shows that it stands. */
const screens: [name: string, reach: () => Promise<unknown>][] = [
  ['start', () => page.getByRole('button', { name: 'Open the demo', exact: true }).waitFor()],
  [
    'overview',
    async () => {
      await page.getByRole('button', { name: 'Open the demo', exact: true }).click();
      await page.getByRole('heading', { name: 'splits', exact: true }).waitFor();
    },
  ],
  [
    'candidates',
    async () => {
      await step('Candidates');
      await page.getByRole('button', { name: 'Find candidates', exact: true }).click();
      await page.getByRole('heading', { name: '17 groups', exact: true }).waitFor();
    },
  ],
  [
    'judge',
    async () => {
      await step('Judge');
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
      await step('Review');
      await page.getByRole('heading', { name: '0 of 17 decided' }).waitFor();
      await page.locator('[data-feature] canvas').nth(5).waitFor();
    },
  ],
  [
    'results',
    async () => {
      await step('Results');
      await page.getByRole('heading', { name: 'Results' }).waitFor();
    },
  ],
  [
    'history',
    async () => {
      await place('History');
      await page.getByRole('heading', { name: 'History' }).waitFor();
    },
  ],
  [
    'library',
    async () => {
      await place('Library');
      await page.getByRole('heading', { name: 'Library' }).waitFor();
    },
  ],
  [
    'settings',
    async () => {
      await place('Settings');
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
