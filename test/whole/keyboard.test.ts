import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import { demoStands } from './walk.ts';
import { openPage, type Served, startChromium, startServe } from './web.ts';

const groupCount = 17;
const mostStops = 120;

let house: House;
let browser: Browser;
let served: Served;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  house = openHouse();
  browser = await startChromium();
  served = await startServe({ house });
  ({ page, complaints } = await openPage(browser, served.url));
  page.setDefaultTimeout(20_000);
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  house?.close();
});

interface Stop {
  readonly name: string;
  /** What is wrong with it: no name, no ring, out of sight. */
  readonly faults: readonly string[];
}

/** What has the focus, by its accessible name, and whether a person can see that it has. */
async function focused(): Promise<Stop> {
  const handle = await page.evaluateHandle(() => document.activeElement ?? document.body);
  const element = handle.asElement();
  if (!element) return { name: '', faults: ['nothing has the focus'] };
  const name = await element.evaluate((node) => {
    const labels = [...((node as HTMLInputElement).labels ?? [])].map((label) => label.textContent);
    const by = node.getAttribute('aria-labelledby')?.split(' ') ?? [];
    const words = by.map((id) => document.getElementById(id)?.textContent ?? '');
    return (
      (node.getAttribute('aria-label') ?? words.join(' ')) || labels[0] || node.textContent?.trim() || node.getAttribute('title') || ''
    );
  });
  const faults = await element.evaluate((node) => {
    if (node === document.body || node.tagName === 'MAIN') return [];
    const hasRing = (one: Element | null): boolean => {
      if (!one) return false;
      const style = getComputedStyle(one);
      return style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2;
    };
    // A tick or switch may show the ring on what is drawn for it, a list of pills on its field.
    const shown = [node, node.nextElementSibling, node.closest('.mantine-Input-input'), node.closest('label')];
    const box = node.getBoundingClientRect();
    const inSight = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
    return [...(shown.some(hasRing) ? [] : ['no ring']), ...(inSight ? [] : ['out of sight'])];
  });
  await handle.dispose();
  return { name: name.trim(), faults: name.trim() === '' ? [...faults, 'no name'] : faults };
}

/** Goes on with Tab until this has the focus; every stop on the way can be seen and has a name. */
async function tabTo(wanted: string | RegExp): Promise<string[]> {
  const passed: string[] = [];
  for (let stop = 0; stop < mostStops; stop += 1) {
    await page.keyboard.press('Tab');
    const { name, faults } = await focused();
    expect(faults, `what has the focus after ${passed.at(-1) ?? 'the beginning'} (${name})`).toEqual([]);
    if (typeof wanted === 'string' ? name === wanted : wanted.test(name)) return passed;
    passed.push(name);
  }
  throw new Error(`Tab does not come to ${wanted}: ${passed.join(' | ')}`);
}

const screen = (name: string) => page.getByRole('main', { name, exact: true }).waitFor();
const decided = (count: number) => page.getByRole('heading', { name: `${count} of ${groupCount} decided` }).waitFor();
const unitsShown = () => page.getByRole('list', { name: 'Units of the group' }).textContent();

describe('with the keyboard alone', () => {
  test('the demo is opened and candidates are found', async () => {
    await page.getByRole('button', { name: 'Open the demo', exact: true }).waitFor();
    // The focus is inside the screen, not in the bar above it.
    expect(await tabTo('Open the demo')).toEqual(['Folder of the analyzer', 'Open analyzer']);
    await page.keyboard.press('Enter');
    await screen('Overview');
    await demoStands(page);
    await page.keyboard.press('Control+1');
    await screen('Candidates');
    await page.getByLabel('Search by').waitFor();
    const [first] = await tabTo('Find candidates');
    expect(first).toBe('Search by');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: `${groupCount} groups`, exact: true }).waitFor();
  });

  test('a table is walked, ticked and opened', async () => {
    await tabTo(/^Units 3 · 41$/);
    await page.keyboard.press('ArrowDown');
    await expect.poll(async () => (await focused()).name).toBe('Units 10 · 26');
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Review 1 chosen' }).waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Review', exact: true }).and(page.locator('main button')).waitFor();
    await page.keyboard.press('End');
    await expect.poll(async () => (await focused()).name).toBe('Units 11 · 24');
  });

  test('the offline judge is asked', async () => {
    await page.keyboard.press('Control+2');
    await screen('Judge');
    await page.getByRole('button', { name: `Judge ${groupCount} groups` }).waitFor();
    await tabTo(`Judge ${groupCount} groups`);
    await page.keyboard.press('Enter');
    await page
      .getByRole('article', { name: /^Run of offline/ })
      .getByText('Done', { exact: true })
      .waitFor();
  });

  test('dialogs and fields are left with Escape, and the focus goes back', async () => {
    await page.keyboard.press('Control+3');
    await screen('Review');
    await decided(0);
    const before = await unitsShown();
    for (const [key, name] of [
      ['Control+k', 'Find a command'],
      ['F1', /^Keyboard shortcuts/],
    ] as const) {
      await page.keyboard.press(key);
      await page.getByRole('dialog', { name }).waitFor();
      // Keys of the page behind a dialog rest.
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    expect(await unitsShown()).toBe(before);
    await page.keyboard.press('n');
    expect((await focused()).name).toBe('Note');
    await page.keyboard.type('gu');
    await page.keyboard.press('Escape');
    await page.keyboard.press('e');
    await page.getByRole('form', { name: 'Keep as good merge example' }).waitFor();
    await page.keyboard.type('n');
    await page.keyboard.press('Escape');
    await page.getByRole('form', { name: 'Keep as good merge example' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('textbox', { name: 'Note' }).inputValue()).toBe('gu');
    await decided(0);
  });

  test('what is written for one group’s example is not kept for another', async () => {
    const before = await unitsShown();
    await page.keyboard.press('e');
    await page.keyboard.type('Only of this group.');
    const why = page.getByRole('textbox', { name: /^Why is this a good merge/ });
    expect(await why.inputValue()).toBe('Only of this group.');
    await page.getByRole('listbox', { name: 'Groups' }).focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(unitsShown).not.toBe(before);
    expect(await why.count()).toBe(0);
    await page.keyboard.press('ArrowUp');
    await expect.poll(unitsShown).toBe(before);
    expect(await why.inputValue()).toBe('Only of this group.');
    await why.press('Escape');
  });

  test('every group is decided, with undo and redo', async () => {
    for (let count = 0; count < groupCount; count += 1) {
      const units = await unitsShown();
      await page.keyboard.press(count % 4 === 3 ? 'u' : count === 6 ? 'Backspace' : 'g');
      await decided(count + 1);
      if (count < groupCount - 1) await expect.poll(unitsShown).not.toBe(units);
      if (count !== 2) continue;
      await page.keyboard.press('Control+z');
      await decided(count);
      await page.keyboard.press('Control+Shift+z');
      await decided(count + 1);
      await page.keyboard.press('ArrowRight');
      await expect.poll(unitsShown).not.toBe(units);
    }
  });

  test('and the result is written', async () => {
    const folder = house.newFolder('output');
    await page.keyboard.press('Control+e');
    await screen('Results');
    await page.getByText(/^\d+ merges?: /).waitFor();
    for (let open = await page.getByRole('region', { name: /^Conflict/ }).count(); open > 0; open -= 1) {
      await tabTo('Keep apart');
      await page.keyboard.press('Enter');
    }
    await tabTo('Write into this folder');
    await page.keyboard.type(folder);
    await page.keyboard.press('Enter');
    await page.getByText(/^Into /).waitFor();
    await tabTo('Write to a new folder');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Written: \d+ units, \d+ merges in / }).waitFor();
    expect(complaints).toEqual([]);
  });
});

const signs: Readonly<Record<string, string>> = {
  '⌫': 'Backspace',
  '←': 'ArrowLeft',
  '→': 'ArrowRight',
  '↑': 'ArrowUp',
  '↓': 'ArrowDown',
  '⏎': 'Enter',
  PgUp: 'PageUp',
  PgDn: 'PageDown',
};

/** A key as the list of shortcuts prints it, as Playwright presses it. */
function pressOf(label: string): string {
  const parts = label.split('+').map((part) => signs[part] ?? (part === 'Ctrl' ? 'Control' : part));
  const last = parts.pop() ?? '';
  return [...parts, last.length === 1 ? last.toLowerCase() : last].join('+');
}

type Listed = readonly { readonly title: string; readonly keys: readonly string[] }[];

async function listed(section: string): Promise<Listed> {
  await page.keyboard.press('F1');
  const part = page.getByRole('dialog', { name: /^Keyboard shortcuts/ }).getByRole('region', { name: section });
  await part.waitFor();
  const found = await part.evaluate((node) =>
    [...node.querySelectorAll('dt')].map((term) => ({
      title: term.textContent ?? '',
      keys: [...(term.nextElementSibling?.querySelectorAll('kbd') ?? [])].map((key) => key.textContent ?? ''),
    })),
  );
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  return found;
}

/** What shows that a shortcut did what its title says. A title that is not here fails the test: say how it is seen. */
const seen: Readonly<Record<string, (press: () => Promise<void>) => Promise<unknown>>> = {
  'Open Analyzer…': async (press) => {
    await press();
    await expect.poll(async () => (await focused()).name).toBe('Folder of the analyzer');
  },
  Start: goesTo('Start'),
  History: goesTo('History'),
  'Settings…': goesTo('Settings'),
  Library: goesTo('Library'),
  'Find a Command…': opens('Find a command'),
  'Keyboard Shortcuts': opens(/^Keyboard shortcuts/),
  'Apply Merges…': goesTo('Results'),
  Candidates: goesTo('Candidates'),
  Judge: goesTo('Judge'),
  Review: goesTo('Review'),
  Results: goesTo('Results'),
  'Undo Decision': async (press) => {
    await page.keyboard.press('Control+3');
    await decided(groupCount);
    await press();
    await decided(groupCount - 1);
  },
  'Redo Decision': async (press) => {
    await press();
    await decided(groupCount);
  },
  'Same Cell': choosesFor('Same cell'),
  'Different Cells': choosesFor('Different'),
  Unsure: choosesFor('Unsure'),
  'Next Group': moves,
  'Previous Group': moves,
  'Write a Note': async (press) => {
    await press();
    expect((await focused()).name).toBe('Note');
    await page.keyboard.press('Escape');
  },
  'Keep as Good Merge Example…': asksWhy('good'),
  'Keep as Bad Merge Example…': asksWhy('bad'),
  'Judge This Group': async (press) => {
    const runs = () => page.getByRole('article', { name: /^Verdict of/ }).count();
    const before = await runs();
    await press();
    await expect.poll(runs, { timeout: 20_000 }).toBe(before + 1);
  },
};

function goesTo(name: string) {
  return async (press: () => Promise<void>) => {
    await page.keyboard.press(name === 'History' ? 'Control+5' : 'Control+y');
    await screen(name === 'History' ? 'Library' : 'History');
    await press();
    await screen(name);
  };
}

function opens(name: string | RegExp) {
  return async (press: () => Promise<void>) => {
    await press();
    await page.getByRole('dialog', { name }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };
}

function choosesFor(name: string) {
  return async (press: () => Promise<void>) => {
    await press();
    await expect.poll(() => page.getByRole('button', { name: new RegExp(`^${name}`), pressed: true }).count()).toBe(1);
  };
}

async function moves(press: () => Promise<void>) {
  const before = await unitsShown();
  await press();
  await expect.poll(unitsShown).not.toBe(before);
}

function asksWhy(label: 'good' | 'bad') {
  return async (press: () => Promise<void>) => {
    await press();
    const form = page.getByRole('form', { name: `Keep as ${label} merge example` });
    await form.waitFor();
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'detached' });
  };
}

async function works({ title, keys }: Listed[number]): Promise<void> {
  const check = seen[title];
  if (!check) throw new Error(`Say how it is seen that “${title}” works.`);
  expect(keys.length, title).toBeGreaterThan(0);
  for (const key of keys) await check(() => page.keyboard.press(pressOf(key)));
}

describe('the list of shortcuts is true', () => {
  test('anywhere and in a session', async () => {
    for (const section of ['Anywhere', 'In a session']) {
      await page.keyboard.press('Control+3');
      await screen('Review');
      for (const one of await listed(section)) await works(one);
    }
  });

  test.each(['samecell', 'phy', 'spikeinterface-gui'])('on the review page with the keys of %s', async (keymap) => {
    await page.keyboard.press('Control+,');
    await screen('Settings');
    await page.getByRole('combobox', { name: 'Keys of the review page' }).selectOption(keymap);
    await page.keyboard.press('Control+3');
    await screen('Review');
    await page.getByRole('button', { name: /^Undo/ }).waitFor();
    // In the middle, so that there is a group before and one after.
    await page.getByRole('listbox', { name: 'Groups' }).getByRole('option').nth(8).click();
    const all = await listed('On the review page');
    expect(all.length).toBe(9);
    for (const one of all) await works(one);
  });
});
