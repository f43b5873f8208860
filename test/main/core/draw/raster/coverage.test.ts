import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Coverage } from '../../../../../main/core/draw/raster/coverage.ts';

type Point = readonly [number, number];

const side = 32;
const coverage = new Coverage();
coverage.reset(side, side);

function covered(polygons: readonly (readonly Point[])[]): number[][] {
  const grid = Array.from({ length: side }, () => new Array<number>(side).fill(0));
  for (const polygon of polygons) {
    polygon.forEach(([x, y], i) => {
      const [nextX, nextY] = polygon[(i + 1) % polygon.length];
      coverage.edge(x, y, nextX, nextY);
    });
  }
  coverage.sweep((y, from, to, amount) => {
    for (let x = from; x < to; x++) {
      if (grid[y][x] !== 0) throw new Error(`Pixel ${x}, ${y} is painted twice.`);
      grid[y][x] = amount;
    }
  });
  return grid;
}

const total = (grid: number[][]) => grid.flat().reduce((sum, amount) => sum + amount, 0) / 255;

const box = (left: number, top: number, right: number, bottom: number): Point[] => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
];

test('a box on whole pixels covers them wholly and no other', () => {
  const grid = covered([box(3, 5, 9, 8)]);
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) expect(grid[y][x]).toBe(x >= 3 && x < 9 && y >= 5 && y < 8 ? 255 : 0);
});

test('a pixel is covered by the share of it that lies inside', () => {
  const grid = covered([box(2.25, 2.5, 4, 3.75)]);
  expect(grid[2].slice(2, 5)).toEqual([Math.floor(0.75 * 0.5 * 256), 128, 0]);
  expect(grid[3].slice(2, 5)).toEqual([Math.floor(0.75 * 0.75 * 256), 192, 0]);
});

test('the sum over all pixels is the area of any triangle, whichever way round it goes', () => {
  const place = fc.double({ min: 0, max: side, noNaN: true });
  const point = fc.tuple(place, place);
  fc.assert(
    fc.property(point, point, point, (a, b, c) => {
      const area = Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2;
      const forwards = covered([[a, b, c]]);
      // Each of the pixels on the rim is rounded down by less than 1/255, each corner moved by less than 1/512 pixel.
      expect(Math.abs(total(forwards) - area)).toBeLessThan(0.7);
      const backwards = covered([[c, b, a]]);
      expect(Math.max(...forwards.flatMap((row, y) => row.map((amount, x) => Math.abs(amount - backwards[y][x]))))).toBeLessThanOrEqual(4);
    }),
    { numRuns: 200 },
  );
});

test('what overlaps is covered once: the non-zero rule', () => {
  expect(covered([box(4, 4, 12, 12), box(4, 4, 12, 12)])).toEqual(covered([box(4, 4, 12, 12)]));
  expect(total(covered([box(4, 4, 12, 12), box(8, 8, 16, 16)]))).toBe(64 + 64 - 16);
});

test('a hole that goes the other way round is left free', () => {
  expect(total(covered([box(4, 4, 12, 12), [...box(6, 6, 10, 10)].reverse()]))).toBe(64 - 16);
});

test('edges far outside neither paint nor harm: only what lies in the grid counts', () => {
  const far = 1e6;
  const grid = covered([
    [
      [-far, -far],
      [far, -far],
      [far, far],
      [-far, far],
    ],
  ]);
  expect(grid.flat().every((amount) => amount === 255)).toBe(true);
  expect(total(covered([box(-far, 10, -5, 20), box(40, 10, far, 20), box(3, -far, 9, -1), box(3, 33, 9, far)]))).toBe(0);
  // A slanted band from far left to far right.
  const band = covered([
    [
      [-1000, -1000],
      [1000, 1000],
      [1000, 1004],
      [-1000, -996],
    ],
  ]);
  for (let y = 6; y < side; y++) expect(band[y][y - 2]).toBe(255);
});

test('an edge that leaves the grid from next to nothing within it covers no other pixel', () => {
  const least = Number.MIN_VALUE;
  const sliver: Point[] = [
    [least, 8],
    [-0.02, 8.5],
    [0, 9],
  ];
  expect(total(covered([sliver]))).toBe(0);
  expect(total(covered([[...sliver].reverse()]))).toBe(0);
});

test('nothing is painted outside the clip, and all of what is inside', () => {
  coverage.clip = { left: 5, top: 6, right: 20, bottom: 11 };
  try {
    const grid = covered([box(0, 0, side, side)]);
    expect(total(grid)).toBe(15 * 5);
    expect(grid[6][5]).toBe(255);
    expect(grid[10][19]).toBe(255);
  } finally {
    coverage.clip = { left: 0, top: 0, right: side, bottom: side };
  }
});

test('a sweep leaves a clean grid', () => {
  covered([box(1.3, 1.7, 30.2, 29.9)]);
  expect(total(covered([]))).toBe(0);
});
