import { describe, expect, test } from 'vitest';
import { imageTokens, modelTable } from '../../../app/judges/models.ts';
import { pictureSize, sheetBounds } from '../../../app/judges/picture-size.ts';
import { isCompact } from '../../../app/plots/frame.ts';
import { plotFeatures, usualFeatureIds } from '../../../app/plots/registry.ts';
import { sheetLayout } from '../../../app/plots/sheet.ts';

const rules = [
  ...new Map(
    Object.values(modelTable.providers)
      .flat()
      .map(({ images }) => [JSON.stringify(images), images]),
  ).values(),
];

describe.each(rules.map((rule) => ({ name: JSON.stringify(rule), rule })))('for a model with $name', ({ rule }) => {
  test('no picture costs more tokens than at its own size, and none loses its title', () => {
    for (const { sizePx } of plotFeatures) {
      const size = pictureSize(rule, sizePx);
      expect(imageTokens(rule, size.width, size.height)).toBeLessThanOrEqual(imageTokens(rule, sizePx.width, sizePx.height));
      expect(isCompact(size)).toBe(false);
      expect(size.width / size.height / (sizePx.width / sizePx.height)).toBeCloseTo(1, 0);
    }
  });

  test.each([2, 3, 4, 5, 6])('%i of the usual pictures on a sheet cost less than apart, and are not scaled down', (count) => {
    const few = plotFeatures.filter(({ id }) => usualFeatureIds.slice(0, count).includes(id));
    const apart = few
      .map(({ sizePx }) => pictureSize(rule, sizePx))
      .reduce((sum, size) => sum + imageTokens(rule, size.width, size.height), 0);
    const { width, height, tiles } = sheetLayout(count, sheetBounds(rule, count));
    if (rule) expect(imageTokens(rule, width, height)).toBeLessThan(apart);
    if (rule?.rule === 'tiles') expect(Math.min(width, height)).toBeLessThanOrEqual(768);
    if (rule?.rule === 'patches')
      expect(Math.ceil(width / rule.sizePx) * Math.ceil(height / rule.sizePx)).toBeLessThanOrEqual(rule.maximum);
    expect(tiles[0].width).toBeGreaterThanOrEqual(430);
  });
});

test('tiles of 512 px are filled: one tile instead of two where it can still be read', () => {
  const rule = { rule: 'tiles', base: 85, perTile: 170 } as const;
  const size = pictureSize(rule, { width: 640, height: 480 });
  expect(size).toEqual({ width: 512, height: 384 });
  expect([imageTokens(rule, 640, 480), imageTokens(rule, size.width, size.height)]).toEqual([425, 255]);
});

test('patches are whole, and no more than the model looks at', () => {
  const rule = { rule: 'patches', sizePx: 32, maximum: 100, factor: 1 } as const;
  const { width, height } = pictureSize(rule, { width: 720, height: 420 });
  expect([width % 32, height % 32]).toEqual([0, 0]);
  expect((width / 32) * (height / 32)).toBeLessThanOrEqual(100);
});

test('a model whose rule is not known gets the feature’s own size', () => {
  expect(pictureSize(undefined, { width: 640, height: 480 })).toEqual({ width: 640, height: 480 });
  expect(pictureSize(null, { width: 640, height: 480 })).toEqual({ width: 640, height: 480 });
});
