import { expect, test } from 'vitest';
import { paintSquares, rgbOf } from '../../../../renderer/screens/candidates/point-squares.ts';

const everywhere = () => true;

test('a colour of the tokens is read as it is written', () => {
  expect(rgbOf('#0b7570')).toEqual([11, 117, 112]);
  expect(rgbOf(' #FFFFFF ')).toEqual([255, 255, 255]);
  expect(rgbOf('red')).toEqual([0, 0, 0]);
});

test('a square covers its pixels and no others, and is cut at the edges', () => {
  const pixels = new Uint8ClampedArray(4 * 5 * 4);
  const squares = { xs: [0, 30], ys: [3.2, 1], reach: 1, colour: [10, 20, 30] as const, opacity: 1, has: everywhere };
  paintSquares(pixels, 5, squares);
  const painted = Array.from({ length: 20 }, (_, at) => pixels[4 * at + 3]).map((alpha) => (alpha === 255 ? '#' : '.'));
  expect([0, 1, 2, 3].map((row) => painted.slice(5 * row, 5 * row + 5).join(''))).toEqual(['.....', '.....', '##...', '##...']);
  expect([...pixels.slice(40, 44)]).toEqual([10, 20, 30, 255]);
});

test('half a colour over another mixes them as a canvas does', () => {
  const pixels = new Uint8ClampedArray([200, 100, 0, 255]);
  const over = { xs: [0], ys: [0], reach: 0, colour: [0, 100, 200] as const, opacity: 0.5, has: everywhere };
  paintSquares(pixels, 1, over);
  expect([...pixels]).toEqual([100, 100, 100, 255]);
  const nothing = new Uint8ClampedArray(4);
  paintSquares(nothing, 1, over);
  expect([...nothing]).toEqual([0, 100, 200, 128]);
});

test('only the points asked for are painted', () => {
  const pixels = new Uint8ClampedArray(4 * 3);
  paintSquares(pixels, 3, { xs: [0, 1, 2], ys: [0, 0, 0], reach: 0, colour: [1, 2, 3], opacity: 1, has: (at) => at === 1 });
  expect([3, 7, 11].map((at) => pixels[at])).toEqual([0, 255, 0]);
});
