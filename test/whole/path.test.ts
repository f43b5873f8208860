import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAnalyzer } from '../../app/analyzer/open.ts';
import { diskSource } from '../../main/core/files/disk-source.ts';
import { sha256 } from '../../main/core/files/sha256.ts';
import { startDisplay } from './display.ts';
import { type Started, startElectron } from './electron.ts';
import { type House, openHouse, root } from './house.ts';
import { hashOfFolder, walk } from './path.ts';
import { openPage, type Served, startChromium, startServe } from './web.ts';

const demo = join(root, 'assets', 'demo', 'splits');
const pictures = join(root, 'test-results');
const expected = JSON.parse(readFileSync(join(root, 'test', 'fixtures', 'expected', 'splits.json'), 'utf8'));

let house: House;
let before: string;

beforeAll(() => {
  house = openHouse();
  before = hashOfFolder(demo);
  mkdirSync(pictures, { recursive: true });
});
afterAll(() => house?.close());

/** What SpikeInterface's own merge of these groups has, beside what was written. */
async function sameAsSpikeInterface(written: string): Promise<void> {
  const view = await openAnalyzer(diskSource(written), { sha256 });
  expect([...view.unitIds].sort((a, b) => Number(a) - Number(b))).toEqual(expected.merges.soft_append.unit_ids);
  for (const file of ['results.csv', 'curation.json'])
    expect([file, existsSync(join(written, '..', file)) || existsSync(join(written, file))]).toEqual([file, true]);
}

async function keepPicture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

describe('the whole path', () => {
  test('in Electron: from the demo to the merged analyzer and back', async () => {
    const display = await startDisplay();
    const dataFolder = house.newFolder('data');
    const output = house.newFolder('output');
    let started: Started = await startElectron({ house, display: display.display, dataFolder });
    try {
      const { written, timesMs } = await walk(
        started.page,
        {
          async chooseOutput(page, folder) {
            await started.app.evaluate(({ dialog }, folder) => {
              dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [folder] });
            }, folder);
            await page.getByRole('button', { name: 'Choose where to write…' }).click();
            await page.getByText(/^Into /).waitFor();
          },
          async reopen() {
            await keepPicture(started.page, 'electron-results');
            await started.close();
            started = await startElectron({ house, display: display.display, dataFolder });
            return started.page;
          },
        },
        output,
      );
      await keepPicture(started.page, 'electron-review');
      await sameAsSpikeInterface(written);
      expect(started.complaints).toEqual([]);
      expect(hashOfFolder(demo), 'the source folder is unchanged').toBe(before);
      process.stderr.write(`Electron ${JSON.stringify(timesMs)}\n`);
    } finally {
      await keepPicture(started.page, 'electron-end').catch(() => undefined);
      await started.close();
      await display.close();
    }
  });

  test('in Chromium on the web host: the same', async () => {
    const browser: Browser = await startChromium();
    const dataFolder = house.newFolder('data');
    const output = house.newFolder('output');
    let served: Served = await startServe({ house, dataFolder });
    let opened = await openPage(browser, served.url);
    try {
      const { written, timesMs } = await walk(
        opened.page,
        {
          async chooseOutput(page, folder) {
            await page.getByRole('textbox', { name: /^Write into this folder/ }).fill(folder);
            await page.getByRole('button', { name: 'Use folder' }).click();
            await page.getByText(/^Into /).waitFor();
          },
          async reopen() {
            await opened.page.context().close();
            expect(await served.close()).toBe(0);
            served = await startServe({ house, dataFolder });
            opened = await openPage(browser, served.url);
            return opened.page;
          },
        },
        output,
      );
      await keepPicture(opened.page, 'chromium-review');
      await sameAsSpikeInterface(written);
      expect(opened.complaints).toEqual([]);
      expect(opened.outside, 'nothing was asked for beyond this host').toEqual([]);
      expect(hashOfFolder(demo), 'the source folder is unchanged').toBe(before);
      process.stderr.write(`Chromium ${JSON.stringify(timesMs)}\n`);
    } finally {
      await keepPicture(opened.page, 'chromium-end').catch(() => undefined);
      await browser.close();
      await served.close();
    }
  });
});
