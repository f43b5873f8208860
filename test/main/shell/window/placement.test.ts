import { describe, expect, test } from 'vitest';
import { fitPlacement, parsePlacement } from '../../../../main/shell/window/placement.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1080 };
const stored = { x: 100, y: 50, width: 1400, height: 900, maximized: false };

describe('where the window opens', () => {
  test('as it stood', () => {
    expect(fitPlacement(stored, [screen])).toEqual({ x: 100, y: 50, width: 1400, height: 900 });
  });

  test('on a second screen left of the first', () => {
    const left = { x: -1920, y: 0, width: 1920, height: 1080 };
    expect(fitPlacement({ ...stored, x: -1800 }, [screen, left])).toMatchObject({ x: -1800 });
  });

  test('at the usual size where its screen has gone', () => {
    expect(fitPlacement({ ...stored, x: 4000 }, [screen])).toEqual({ width: 1280, height: 800 });
    expect(fitPlacement({ ...stored, y: 1070 }, [screen])).toEqual({ width: 1280, height: 800 });
  });

  test('never larger than the screen, width by width and height by height', () => {
    expect(fitPlacement({ ...stored, width: 5000, height: 4000 }, [screen])).toMatchObject({ width: 1920, height: 1080 });
    expect(fitPlacement(undefined, [{ x: 0, y: 0, width: 1024, height: 600 }])).toEqual({ width: 1024, height: 600 });
  });
});

describe('a stored place', () => {
  test('comes back as it was', () => {
    expect(parsePlacement(JSON.stringify(stored))).toEqual(stored);
  });

  test.each([
    '',
    '{',
    'null',
    '[]',
    '{"x":1}',
    '{"x":"1","y":1,"width":1,"height":1}',
    '{"x":1e9,"y":1,"width":1,"height":1}',
    '{"x":null,"y":1,"width":1,"height":1}',
  ])('%s is none', (text) => {
    expect(parsePlacement(text)).toBeUndefined();
  });
});
