import { expect, it } from 'vitest';
import { createPointTree } from '../../../../app/analyzer/compute/nearest-rows.ts';

const random = (seed: number) => () => {
  seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

it('the nearest rows are those a full search finds, duplicates and gaps among them', () => {
  const next = random(7);
  const count = 800;
  const column = () => Float64Array.from({ length: count }, () => Math.round(next() * 40) / (next() < 0.5 ? 1 : 3));
  const [x, y, z] = [column(), column(), column()];
  y[17] = Number.NaN;
  const tree = createPointTree(x.slice(), y.slice(), z.slice());
  const distance = (row: number, to: number) => (x[row] - x[to]) ** 2 + (y[row] - y[to]) ** 2 + (z[row] - z[to]) ** 2;
  for (let row = 0; row < count; row += 1) {
    if (row === 17) continue;
    const found: number[] = [];
    tree.nearest(x[row], y[row], z[row], 10, (near) => found.push(near));
    const all = Array.from({ length: count }, (_, to) => to).filter((to) => to !== 17);
    const sorted = all.map((to) => distance(row, to)).sort((a, b) => a - b);
    expect(found).toHaveLength(10);
    expect(new Set(found).size).toBe(10);
    expect(found.map((to) => distance(row, to))).toEqual(sorted.slice(0, 10));
  }
});

it('fewer points than asked for give them all, none give none', () => {
  const found: number[] = [];
  createPointTree(Float64Array.of(1, 2), Float64Array.of(0, 0), Float64Array.of(0, 0)).nearest(0, 0, 0, 10, (row) => found.push(row));
  expect(found).toEqual([0, 1]);
  createPointTree(new Float64Array(), new Float64Array(), new Float64Array()).nearest(0, 0, 0, 3, () => expect.unreachable());
});

it('the reach of a row holds as many rows as asked for', () => {
  const count = 500;
  const column = (seed: number) =>
    Float64Array.from({ length: count }, (_, row) => (Math.sin(seed * 1000 + row * 12.9898) * 43758.5453) % 1);
  const columns = [column(1), column(2), column(3)] as const;
  columns[0][7] = Number.NaN;
  const tree = createPointTree(columns[0].slice(), columns[1].slice(), columns[2].slice());
  for (const wanted of [1, 10, 40]) {
    const reach = tree.reachOf(wanted);
    expect(reach[7]).toBe(Number.POSITIVE_INFINITY);
    for (let row = 0; row < count; row += 1) {
      if (row === 7) continue;
      let inside = 0;
      for (let other = 0; other < count; other += 1) {
        const apart = Math.hypot(...columns.map((values) => values[row] - values[other]));
        if (apart <= reach[row] + 1e-12) inside += 1;
      }
      expect(inside).toBeGreaterThanOrEqual(wanted);
    }
  }
  expect([...tree.reachOf(count)].every((reach) => reach === Number.POSITIVE_INFINITY)).toBe(true);
});
