import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BatchServer, startBatchServer } from '../fixtures/servers/batch-server.ts';
import { type ProviderServer, startProviderServer } from '../fixtures/servers/provider-server.ts';
import { type House, openHouse } from './house.ts';
import { goToPlace, goToStep, openDemo } from './walk.ts';
import { openPage, type Served, startChromium, startServe } from './web.ts';

let house: House;
let browser: Browser;
let served: Served;
let server: ProviderServer;
let batches: BatchServer;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  house = openHouse();
  server = await startProviderServer();
  batches = await startBatchServer();
  browser = await startChromium();
  served = await startServe({ house });
  ({ page, complaints } = await openPage(browser, served.url));
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  await server?.close();
  await batches?.close();
  house?.close();
});

async function setField(label: string | RegExp, value: string) {
  await page.getByLabel(label).fill(value);
  await page.getByLabel(label).press('Enter');
}

async function setKey(judge: string) {
  const form = page.getByRole('form', { name: `Key of ${judge}`, exact: true });
  await form.getByLabel(`New key of ${judge}`).fill('some-key-of-mine');
  await form.getByRole('button', { name: 'Keep and test' }).click();
  await form.getByText('a key is set').waitFor();
}

test('the table of models is refreshed from the provider, edited and set back in the settings', async () => {
  await goToPlace(page, 'Settings');
  await setField(/^Another address for OpenAI/, `${server.origin}/v1`);
  await setKey('OpenAI');
  const panel = page.getByRole('region', { name: 'Models', exact: true });
  const row = (name: string) => panel.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
  expect(await row('GPT-4o').textContent()).toContain('85 + 170 a tile');
  await panel.getByRole('button', { name: 'Refresh from provider' }).click();
  await panel.getByText('2 models listed, 2 new', { exact: false }).waitFor();
  expect(await row('model-a').textContent()).toMatch(/assumed as GPT-6\.1 Sol.*––.*from its list/);
  await row('GPT-4o')
    .getByText(`not in the list of ${new URL(server.origin).host}`)
    .waitFor();

  await panel.getByRole('button', { name: 'Edit model-a' }).click();
  const form = panel.getByRole('form', { name: 'Edit model-a' });
  await form.getByLabel('In', { exact: true }).fill('3');
  await form.getByLabel('Out', { exact: true }).fill('12');
  await form.getByLabel('Pictures').selectOption('fixed');
  await form.getByRole('button', { name: 'Keep' }).click();
  expect(await form.getByRole('alert').textContent()).toContain('images, tokens');
  await form.getByLabel('Tokens', { exact: true }).fill('500');
  await form.getByRole('button', { name: 'Keep' }).click();
  await form.waitFor({ state: 'detached' });
  await row('model-a').getByText('500 tokens each').waitFor();
  expect(await row('model-a').textContent()).toMatch(/312.*added by you/);

  await panel.getByRole('button', { name: 'Add a model' }).click();
  const added = panel.getByRole('form', { name: 'New model' });
  await added.getByLabel('Name as the provider knows it').fill('my-own');
  await added.getByRole('button', { name: 'Keep' }).click();
  await row('my-own').getByText('none').waitFor();
  await panel.getByRole('button', { name: 'Remove my-own' }).click();
  await panel.getByText('Taken off: my-own.').waitFor();
  await panel.getByRole('button', { name: 'Set all back' }).click();
  await row('model-a').waitFor({ state: 'detached' });
  expect(await row('GPT-4o').textContent()).not.toContain('not in the list');
  expect(complaints).toEqual([]);
});

test('a batch whose sending broke off is collected from its run, and what is left out is shown by reason', async () => {
  await goToPlace(page, 'Settings');
  await setField(/^Another address for OpenAI/, batches.origin);
  await page.getByRole('button', { name: 'Samecell', exact: true }).click();
  await openDemo(page);
  await goToStep(page, 'Candidates');
  await page.getByRole('button', { name: 'Find candidates', exact: true }).click();
  await page.getByRole('heading', { name: '17 groups', exact: true }).waitFor();
  await goToStep(page, 'Judge');
  await page.getByRole('combobox', { name: 'Judge', exact: true }).selectOption('openai');
  await page.getByRole('combobox', { name: 'Model', exact: true }).selectOption('gpt-4o');
  await page.getByRole('checkbox', { name: 'Send as a provider batch (half price)' }).check();
  await page.getByLabel('Stop at (requests)').fill('5');
  await page.getByRole('button', { name: 'I agree', exact: true }).click();
  batches.handover = 'taken, cut';
  await page.getByRole('button', { name: 'Judge 17 groups', exact: true }).click();
  const run = page.getByRole('article', { name: /^Run of/ });
  await run.getByText('perhaps at the provider, sending broke off', { exact: false }).waitFor({ timeout: 60_000 });
  batches.handover = 'well';
  batches.finish();
  await run.getByRole('button', { name: 'Collect' }).click();
  await run.getByText('5 groups collected.', { exact: false }).waitFor();
  await run.getByRole('button', { name: 'Leave out the other 12' }).click();
  await run.getByText('Done', { exact: true }).waitFor();
  await run.getByText('12 groups left out by hand').waitFor();
  await run.getByRole('button', { name: 'Ask about 12 left out' }).waitFor();
});
