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
  const tree = createPointTree(x, y, z);
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
