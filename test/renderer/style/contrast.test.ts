import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const css = readFileSync(join(import.meta.dirname, '../../../renderer/style/tokens.css'), 'utf8');

/** Colours of the first block with this selector; those it does not name are the light ones. */
function tokensOf(selector: string): Record<string, string> {
  const from = css.indexOf(`${selector} {`);
  const block = css.slice(from, css.indexOf('\n}', from));
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name, colour]));
}

const light = tokensOf(':root');
const themes = { light, dark: { ...light, ...tokensOf(':root[data-mantine-color-scheme="dark"]') } };

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(first: string, second: string): number {
  const [lighter = 0, darker = 0] = [luminance(first), luminance(second)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

const surfaces = ['frame', 'frame-raised', 'frame-sunken', 'accent-soft'];
const verdicts = ['same', 'different', 'unsure', 'failed'];

test('contrast is measured as WCAG does', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

describe.each(Object.entries(themes))('in the %s theme', (_, tokens) => {
  const colour = (name: string): string => tokens[name] ?? expect.fail(`There is no --${name}.`);
  const below = (pairs: readonly (readonly [string, string])[], least: number) =>
    pairs
      .map(([ink, paper]) => [ink, paper, Math.round(contrast(colour(ink), colour(paper)) * 100) / 100] as const)
      .filter(([, , ratio]) => !(ratio >= least));

  test('every word can be read where it may stand: 4.5 to 1', () => {
    const words = ['text', 'text-muted', 'text-faint', 'accent', ...verdicts];
    const pairs = words.flatMap((ink) => surfaces.map((paper) => [ink, paper] as const));
    const onTheirOwn = verdicts.flatMap((ink) => [ink, 'text', 'text-muted'].map((word) => [word, `${ink}-soft`] as const));
    expect(below([...pairs, ...onTheirOwn, ['accent-text', 'accent'], ['text', 'selection']], 4.5)).toEqual([]);
  });

  test('outlines of controls and the ring of the focus are seen: 3 to 1', () => {
    const pairs = ['line-strong', 'accent'].flatMap((ink) => ['frame', 'frame-raised'].map((paper) => [ink, paper] as const));
    expect(below(pairs, 3)).toEqual([]);
  });
});
