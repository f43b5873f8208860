import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import { goToStep, openDemo } from './walk.ts';
import { openPage, type Served, startChromium, startServe } from './web.ts';

let house: House;
let browser: Browser;
let served: Served;
beforeAll(async () => {
  house = openHouse();
  browser = await startChromium();
  served = await startServe({ house });
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  house?.close();
});

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const keyOf = (units: readonly number[]) => `merge:${hash(units.join(',')).slice(0, 16)}`;

test('decisions made in phy are imported, and their merges get ids of one’s own', async () => {
  const { page, complaints } = await openPage(browser, served.url);
  await openDemo(page);
  await goToStep(page, 'Candidates');

  const folder = house.newFolder('review');
  const merges = [
    [22, 1],
    [30, 19],
    [3, 5],
  ];
  const curation = { format_version: '2', unit_ids: [1, 3, 5, 19, 22, 30], merges: merges.map((unit_ids) => ({ unit_ids })) };
  const reviews = {
    [keyOf([22, 1])]: { decision: 'accepted', applied_unit_ids: [22, 1], result_unit_id: 40 },
    [keyOf([30, 19])]: { decision: 'accepted', applied_unit_ids: [30, 19], result_unit_id: 41 },
    [keyOf([3, 5])]: { decision: 'rejected' },
  };
  const [curationFile, reviewFile] = ['curation.json', 'curation_review.json'].map((name) => join(folder, name)) as [string, string];
  writeFileSync(curationFile, JSON.stringify(curation));
  writeFileSync(reviewFile, JSON.stringify({ format_version: '1', source: {}, reviews }));
  const form = page.getByRole('form', { name: 'Import candidates' });
  await form.locator('input[type=file]').setInputFiles([curationFile, reviewFile]);
  await form.getByText('A review by phy, with curation.json.').waitFor();
  await form.getByRole('button', { name: 'Import', exact: true }).click();
  await expect
    .poll(() => form.textContent(), { timeout: 10_000 })
    .toContain('Read as phy’s review: 3 groups, 3 new. 3 decisions taken over.');
  const table = page.getByRole('table', { name: 'Groups' });
  await table.getByRole('row', { name: 'Units 3 · 5' }).getByText('Different').waitFor();

  await goToStep(page, 'Results');
  const field = page.getByRole('textbox', { name: 'New unit id of 1 · 22' });
  const other = page.getByRole('textbox', { name: 'New unit id of 19 · 30' });
  const usual = await field.inputValue();
  expect(Number(await other.inputValue())).toBe(Number(usual) + 1);
  await field.fill('19');
  await page.getByRole('alert').getByText('The new unit id 19 for 1, 22 belongs to a unit outside that group').waitFor();
  await field.fill('a');
  await page.getByRole('alert').getByText('has to be a whole number').waitFor();
  await page.getByText('Give 1 merge another new unit id first.').waitFor();
  await field.fill(String(Number(usual) + 1));
  await page.getByRole('alert').getByText('is used for two merged units').waitFor();
  await field.fill('');
  await field.blur();
  expect(await field.inputValue()).toBe(usual);
  await field.fill('22');
  await other.fill('900');
  expect(await page.getByRole('alert').count()).toBe(0);

  const target = house.newFolder('own-ids');
  await page.getByRole('textbox', { name: /^Write into this folder/ }).fill(target);
  await page.getByRole('button', { name: 'Use folder' }).click();
  await page.getByRole('button', { name: 'Write to a new folder' }).click();
  await page.getByRole('region', { name: 'Written' }).waitFor();
  const written = JSON.parse(readFileSync(join(target, 'splits-merged', 'curation.json'), 'utf8')) as { merges: unknown };
  expect(written.merges).toEqual([
    { unit_ids: [1, 22], new_unit_id: 22 },
    { unit_ids: [19, 30], new_unit_id: 900 },
  ]);
  expect(complaints).toEqual([]);
});
