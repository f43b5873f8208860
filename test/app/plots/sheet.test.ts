import { expect, test } from 'vitest';
import { plotFeatures } from '../../../app/plots/registry.ts';
import { sheetLayout, stripPx } from '../../../app/plots/sheet.ts';

const bounds = { width: 1560, height: 1000 };
const counts = Array.from({ length: plotFeatures.length }, (_, i) => i + 1);

test.each(counts)('%i pictures stand within the bounds, none over another or over its strip', (count) => {
  const { width, height, tiles } = sheetLayout(count, bounds);
  expect(width).toBeLessThanOrEqual(bounds.width);
  expect(height).toBeLessThanOrEqual(bounds.height);
  expect(tiles).toHaveLength(count);
  for (const [i, a] of tiles.entries()) {
    expect(a.y).toBeGreaterThanOrEqual(stripPx);
    expect(a.x + a.width).toBeLessThanOrEqual(width);
    expect(a.y + a.height).toBeLessThanOrEqual(height);
    for (const b of tiles.slice(i + 1)) {
      const apart = b.x >= a.x + a.width || a.x >= b.x + b.width || b.y - stripPx >= a.y + a.height || a.y - stripPx >= b.y + b.height;
      expect(apart).toBe(true);
    }
  }
});

test('six pictures stand in two rows of three, in their order, in a shape that can be read', () => {
  const { tiles } = sheetLayout(6, bounds);
  expect(new Set(tiles.map(({ y }) => y)).size).toBe(2);
  expect(tiles[1].x).toBeGreaterThan(tiles[0].x);
  expect(tiles[3]).toMatchObject({ x: tiles[0].x });
  for (const { width, height } of tiles) {
    expect(width).toBeGreaterThanOrEqual(440);
    expect(width / height).toBeGreaterThan(1);
    expect(width / height).toBeLessThan(1.8);
  }
});

test('a sheet of nothing is refused', () => {
  expect(() => sheetLayout(0, bounds)).toThrow('needs a picture');
});
