import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inkOf } from '../../../../../main/core/draw/raster/ink.ts';
import { Path } from '../../../../../main/core/draw/raster/path.ts';
import type { Pen } from '../../../../../main/core/draw/raster/stroke.ts';
import { Surface } from '../../../../../main/core/draw/raster/surface.ts';

const [width, height] = [40, 30];
const place = fc.double({ min: -12, max: 50, noNaN: true });
const length = fc.double({ min: 0, max: 60, noNaN: true });
const clips = fc.constantFrom(
  { left: 0, top: 0, right: width, bottom: height },
  { left: 7, top: 3, right: 21, bottom: 22 },
  { left: 9, top: 9, right: 9, bottom: 12 },
);
const inks = fc.constantFrom(inkOf(0, 114, 178, 1), inkOf(230, 159, 0, 0.35), inkOf(10, 20, 30, 0.9999));

/** What comes of it on paper that was not white any more. */
function painted(clip: Surface['clip'], paint: (surface: Surface) => void): Uint8Array {
  const surface = new Surface();
  surface.reset(width, height);
  surface.rect(0, 0, 18.5, 30, inkOf(90, 160, 220, 0.5));
  surface.clip = clip;
  paint(surface);
  return surface.pixels.bytes;
}

test('an upright rectangle is painted as its path would be, wherever it lies', () => {
  fc.assert(
    fc.property(place, place, length, length, clips, inks, (x, y, wide, high, clip, ink) => {
      const path = new Path();
      path.polygon([x, y, x + wide, y, x + wide, y + high, x, y + high]);
      const filled = painted(clip, (surface) => surface.fill(path, ink));
      expect(painted(clip, (surface) => surface.rect(x, y, wide, high, ink))).toEqual(filled);
    }),
    { numRuns: 500 },
  );
});

test('a straight line is painted as its path would be, along the axes and across them', () => {
  const pen = (widthPx: number): Pen => ({ widthPx, cap: 'butt', join: 'miter', miterLimit: 10, dashesPx: [] });
  fc.assert(
    fc.property(place, place, place, place, fc.constantFrom('x', 'y', 'both'), clips, inks, (x1, y1, toX, toY, along, clip, ink) => {
      const [x2, y2] = [along === 'y' ? x1 : toX, along === 'x' ? y1 : toY];
      fc.pre(Math.hypot(x2 - x1, y2 - y1) > 0.01);
      const path = new Path();
      path.moveTo(x1, y1);
      path.lineTo(x2, y2);
      const stroked = painted(clip, (surface) => surface.stroke(path, pen(1.5), ink));
      expect(painted(clip, (surface) => surface.line(x1, y1, x2, y2, 1.5, ink))).toEqual(stroked);
    }),
    { numRuns: 300 },
  );
});
