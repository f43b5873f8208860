import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import { goToPlace, goToStep, openDemo } from './walk.ts';

export interface Hosting {
  /** Names the folder to write into, as this host lets a person do it. */
  chooseOutput(page: Page, folder: string): Promise<void>;
  /** Closes the window and the core and opens them anew on the same data. */
  reopen(): Promise<Page>;
}

export interface Walked {
  readonly written: string;
  readonly timesMs: Record<string, number>;
}

const truth = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'assets', 'demo', 'ground_truth.json'), 'utf8')) as {
  unit_to_cell: Record<string, number>;
};
const isSameCell = (units: readonly string[]) => new Set(units.map((unit) => truth.unit_to_cell[unit])).size === 1;
/** The pair that is refused although it is one cell, so that a chain holds a refusal. */
const refused = '19 30';
const pairCount = 17;
const pictureTitles = 6;

/**
 * What a person does, start to end: opens the demo, finds candidates, has them judged offline, reviews every group by key
 * with one undo, keeps an example, answers the conflict, writes the merged analyzer, closes, reopens and goes on.
 */
export async function walk(first: Page, hosting: Hosting, outputFolder: string): Promise<Walked> {
  const timesMs: Record<string, number> = {};
  const timed = async <Value>(what: string, work: () => Promise<Value>): Promise<Value> => {
    const started = performance.now();
    const value = await work();
    timesMs[what] = Math.round(performance.now() - started);
    return value;
  };
  let page = first;

  await timed('open the demo', async () => {
    await openDemo(page);
  });
  const overview = page.getByRole('main', { name: 'Overview' });
  for (const fact of ['22,957', '2 min', '30 kHz', 'binary_folder', '0.105.3'])
    await overview.getByText(fact, { exact: true }).first().waitFor();

  await page.getByRole('button', { name: 'Find merge candidates' }).first().click();
  await timed('find candidates', async () => {
    await page.getByRole('button', { name: 'Find candidates', exact: true }).click();
    await page.getByRole('region', { name: 'Outcome of the search' }).getByText(`${pairCount} groups`).waitFor();
  });
  await page.getByRole('heading', { name: `${pairCount} groups`, exact: true }).waitFor();

  await goToStep(page, 'Judge');
  await timed('judge offline', async () => {
    await page.getByRole('button', { name: `Judge ${pairCount} groups`, exact: true }).click();
    const run = page.getByRole('article', { name: /^Run of offline/ });
    await run.getByText('Done', { exact: true }).waitFor();
    await run.getByText(new RegExp(`^${pairCount} of ${pairCount} groups$`)).waitFor();
  });

  await page.getByRole('button', { name: 'Review the verdicts' }).click();
  await timed('first group on screen', () => drawn(page));
  await page.getByRole('heading', { name: `0 of ${pairCount} decided` }).waitFor();

  // An example is kept from the first group.
  await page.keyboard.press('e');
  await page.getByRole('textbox', { name: /why/i }).fill('Same waveform on every channel, the refractory gap stays empty.');
  await page
    .getByRole('button', { name: /^(Keep|Add|Save)/ })
    .first()
    .click();
  await page.getByRole('button', { name: /Good ✓/ }).waitFor();

  const decidedBefore = new Set<string>();
  for (let decided = 0; decided < pairCount; decided++) {
    let units = await unitsShown(page);
    for (; decidedBefore.has(units.join(' ')); units = await unitsShown(page)) {
      await page.keyboard.press('ArrowRight');
      await page.waitForTimeout(50);
    }
    decidedBefore.add(units.join(' '));
    await page.keyboard.press(units.join(' ') === refused || !isSameCell(units) ? 'Backspace' : 'g');
    await page.getByRole('heading', { name: `${decided + 1} of ${pairCount} decided` }).waitFor();
    if (decided < pairCount - 1)
      await expect.poll(() => unitsShown(page), { message: 'the next group comes by itself' }).not.toEqual(units);
    if (decided === 4) {
      await page.keyboard.press('Control+z');
      await page.getByRole('heading', { name: `${decided} of ${pairCount} decided` }).waitFor();
      await expect.poll(() => unitsShown(page), { message: 'undo goes back to its group' }).toEqual(units);
      await page.keyboard.press('Control+Shift+z');
      await page.getByRole('heading', { name: `${decided + 1} of ${pairCount} decided` }).waitFor();
    }
  }

  await goToStep(page, 'Results');
  const conflict = page.getByRole('region', { name: /^Conflict/ });
  await conflict.getByText('was refused by').first().waitFor();
  expect(await page.getByRole('button', { name: 'Write to a new folder' }).isDisabled(), 'a conflict asks first').toBe(true);
  await conflict.getByRole('button', { name: 'Merge all 3' }).click();
  await hosting.chooseOutput(page, outputFolder);
  await timed('write the merged analyzer', async () => {
    await page.getByRole('button', { name: 'Write to a new folder' }).click();
    await page.getByRole('heading', { name: /^Written: 20 units, 11 merges/ }).waitFor();
  });

  page = await timed('close and reopen', () => hosting.reopen());
  await goToPlace(page, 'History');
  await page.getByRole('button', { name: /^Continue splits/ }).click();
  await goToStep(page, 'Review');
  await page.getByRole('heading', { name: `${pairCount} of ${pairCount} decided` }).waitFor();
  await drawn(page);
  // Undo reaches back over the restart.
  await page.keyboard.press('Control+z');
  await page.getByRole('heading', { name: `${pairCount - 1} of ${pairCount} decided` }).waitFor();
  await page.keyboard.press('Control+Shift+z');
  await page.getByRole('heading', { name: `${pairCount} of ${pairCount} decided` }).waitFor();
  return { written: join(outputFolder, 'splits-merged'), timesMs };
}

async function unitsShown(page: Page): Promise<string[]> {
  const label = await page.getByRole('region', { name: /^Evidence for units/ }).getAttribute('aria-label');
  return label!.replace('Evidence for units ', '').split(' and ');
}

/** Waits until all six pictures stand as charts with something on them. */
async function drawn(page: Page): Promise<void> {
  await expect
    .poll(
      () =>
        page.locator('[data-feature] canvas').evaluateAll(
          (canvases) =>
            canvases.filter((canvas) => {
              const copy = new OffscreenCanvas(80, 80).getContext('2d', { willReadFrequently: true })!;
              copy.drawImage(canvas as HTMLCanvasElement, 0, 0, 80, 80);
              const pixels = new Uint32Array(copy.getImageData(0, 0, 80, 80).data.buffer);
              return pixels.some((pixel) => pixel !== pixels[0]);
            }).length,
        ),
      { timeout: 20_000, message: 'all pictures are drawn' },
    )
    .toBeGreaterThanOrEqual(pictureTitles);
}

/** One SHA-256 over the names and bytes of a folder. */
export function hashOfFolder(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = join(folder, name);
    hash.update(name);
    if (statSync(file).isFile()) hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}
