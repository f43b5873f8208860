import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { typefaceOf } from '../../../../../main/core/draw/raster/type.ts';
import { CanvasContext } from './canvas-context.ts';

// Another rasteriser, not written here, draws the same. The two may differ at the rims of shapes, not in what they draw.

const width = 120;
const height = 90;
const fontFile = readFileSync(join(import.meta.dirname, '../../../../../assets/fonts/inter-latin-400.woff'));
GlobalFonts.register(fontFile, 'Peer Inter');
const typeface = typefaceOf(fontFile);

const colours: Readonly<Record<string, readonly [number, number, number, number]>> = {
  '#fff': [255, 255, 255, 1],
  '#0072b2': [0, 114, 178, 1],
  '#000': [0, 0, 0, 1],
};

type Common = Pick<
  SKRSContext2D,
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'lineCap'
  | 'lineJoin'
  | 'globalAlpha'
  | 'font'
  | 'textAlign'
  | 'textBaseline'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'bezierCurveTo'
  | 'quadraticCurveTo'
  | 'arc'
  | 'rect'
  | 'closePath'
  | 'fill'
  | 'stroke'
  | 'fillRect'
  | 'clip'
  | 'save'
  | 'restore'
  | 'setLineDash'
  | 'fillText'
> & { setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void };

function ours(draw: (context: Common) => void): Uint8Array {
  const context = new CanvasContext({ regular: typeface, semibold: typeface }, (text) => colours[text], undefined);
  context.reset(width, height);
  draw(context as unknown as Common);
  return context.pixels.bytes;
}

function theirs(draw: (context: Common) => void): Uint8ClampedArray {
  const context = createCanvas(width, height).getContext('2d');
  context.fontKerning = 'none';
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  draw(context);
  return context.getImageData(0, 0, width, height).data;
}

/** How far the red channel is apart, mean over all pixels; and how much of the paper the other covers, in pixels. */
function difference(draw: (context: Common) => void): { mean: number; ink: number } {
  const a = ours(draw);
  const b = theirs(draw);
  let sum = 0;
  let ink = 0;
  for (let i = 0; i < a.length; i += 4) {
    sum += Math.abs(a[i] - b[i]);
    ink += 255 - b[i];
  }
  return { mean: sum / (a.length / 4), ink: ink / 255 };
}

const place = fc.tuple(fc.double({ min: -20, max: width + 20, noNaN: true }), fc.double({ min: -20, max: height + 20, noNaN: true }));
const style = { fillStyle: '#0072b2', strokeStyle: '#0072b2' };

describe('drawn like by another rasteriser', () => {
  test('filled shapes of straight and bent sides', () => {
    fc.assert(
      fc.property(place, place, place, place, (a, b, c, d) => {
        const { mean } = difference((context) => {
          Object.assign(context, style);
          context.beginPath();
          context.moveTo(...a);
          context.lineTo(...b);
          context.bezierCurveTo(...c, ...d, ...a);
          context.closePath();
          context.fill();
        });
        expect(mean).toBeLessThan(1);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    { cap: 'butt', join: 'miter', lineWidth: 1 },
    { cap: 'round', join: 'miter', lineWidth: 6 },
    { cap: 'round', join: 'bevel', lineWidth: 5 },
    { cap: 'butt', join: 'bevel', lineWidth: 0.8 },
    { cap: 'butt', join: 'miter', lineWidth: 9 },
  ] as const)('lines with $cap caps and $join joins, $lineWidth px wide', ({ cap, join, lineWidth }) => {
    fc.assert(
      fc.property(fc.array(place, { minLength: 2, maxLength: 6 }), fc.boolean(), (points, closed) => {
        const { mean } = difference((context) => {
          Object.assign(context, style, { lineWidth, lineCap: cap, lineJoin: join });
          context.beginPath();
          context.moveTo(...points[0]);
          for (const point of points.slice(1)) context.lineTo(...point);
          if (closed) context.closePath();
          context.stroke();
        });
        expect(mean).toBeLessThan(3);
      }),
      // The same lines each time: where a line turns back on itself rasterisers end it in different ways, once in a long while by more.
      { numRuns: 60, seed: 11 },
    );
  });

  test('dashes go on through corners', () => {
    const { mean, ink } = difference((context) => {
      Object.assign(context, style, { lineWidth: 3 });
      context.setLineDash([9, 5]);
      context.beginPath();
      context.moveTo(10, 10);
      context.lineTo(100, 20);
      context.lineTo(60, 80);
      context.lineTo(12, 60);
      context.stroke();
    });
    expect(ink).toBeGreaterThan(300);
    expect(mean).toBeLessThan(0.6);
  });

  test('circles and arcs either way round, see-through', () => {
    const { mean, ink } = difference((context) => {
      Object.assign(context, style, { globalAlpha: 0.4, lineWidth: 2 });
      context.beginPath();
      context.arc(40, 40, 25, 0, 2 * Math.PI);
      context.fill();
      context.beginPath();
      context.arc(80, 50, 20, 0.5, 4, true);
      context.stroke();
    });
    expect(ink).toBeGreaterThan(500);
    expect(mean).toBeLessThan(0.6);
  });

  test('what is moved, turned and scaled, inside a clip', () => {
    const { mean, ink } = difference((context) => {
      Object.assign(context, style, { lineWidth: 2 });
      context.save();
      context.beginPath();
      context.rect(20, 10, 60, 50);
      context.clip();
      context.setTransform(1.6, 0.6, -0.6, 1.6, 30, 5);
      context.fillRect(5, 5, 20, 15);
      context.beginPath();
      context.moveTo(0, 30);
      context.quadraticCurveTo(30, -10, 60, 30);
      context.stroke();
      context.restore();
      context.fillRect(100, 70, 10, 10);
    });
    expect(ink).toBeGreaterThan(300);
    expect(mean).toBeLessThan(0.6);
  });

  test.each(['left', 'center', 'right'] as const)('text that is aligned to the %s', (textAlign) => {
    const { mean, ink } = difference((context) => {
      Object.assign(context, style, { textAlign, textBaseline: 'alphabetic', font: '16px "Peer Inter"' });
      context.fillText('Lag 0.3 ms (µV)', 60, 40);
    });
    expect(ink).toBeGreaterThan(100);
    // Hinting and gamma differ between rasterisers; letters elsewhere would give several times this.
    expect(mean).toBeLessThan(4);
  });
});

describe('text', () => {
  test('of every picture has a glyph for each of its characters', () => {
    const folder = join(import.meta.dirname, '../../../../app/plots/__snapshots__');
    const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.svg'))
      .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text));
    expect(texts.length).toBeGreaterThan(1000);
    const lacking = new Set(texts.flatMap((text) => [...text.trim()].filter((character) => !typeface.has(character))));
    expect([...lacking]).toEqual([]);
    expect(typeface.has('\u4e2d')).toBe(false);
  });

  test('is as wide as another rasteriser has it', () => {
    const peer = createCanvas(1, 1).getContext('2d');
    peer.fontKerning = 'none';
    peer.font = '13px "Peer Inter"';
    for (const text of ['Amplitude (µV)', 'Time from spike (ms)', '12,345 spikes', 'A·B', 'd′ 1.2 ± 0.3'])
      expect(Math.abs(typeface.glyphsOf(text).width * 13 - peer.measureText(text).width)).toBeLessThan(0.4);
  });

  test('upwards is the same letters, turned', () => {
    const draw = (turned: boolean) => (context: Common) => {
      Object.assign(context, style, { font: '20px "Peer Inter"', textAlign: 'left', textBaseline: 'alphabetic' });
      if (turned) context.setTransform(0, -1, 1, 0, 45, 60);
      else context.setTransform(1, 0, 0, 1, 30, 45);
      context.fillText('FL', 0, 0);
    };
    const flat = ours(draw(false));
    const turned = ours(draw(true));
    let ink = 0;
    for (let i = -20; i <= 2; i++) {
      for (let j = 0; j < 25; j++) {
        const across = flat[((45 + i) * width + 30 + j) * 4];
        // Pixel j along the line upwards from y = 60 is row 59 - j; i across is column 45 + i.
        expect(Math.abs(turned[((59 - j) * width + 45 + i) * 4] - across)).toBeLessThanOrEqual(4);
        ink += 255 - across;
      }
    }
    expect(ink).toBeGreaterThan(5000);
  });
});

// The peers draw through this; what it would leave out must not pass for equal.
test.each<[string, (context: CanvasContext) => void]>([
  ['gradients', (context) => context.createLinearGradient()],
  ['gradients and patterns', (context) => Object.assign(context, { fillStyle: {} })],
  ['shadows', (context) => Object.assign(context, { shadowBlur: 2 })],
  [
    'clips of this shape',
    (context) => {
      context.beginPath();
      context.arc(5, 5, 3, 0, 6);
      context.clip();
    },
  ],
  [
    'text in this direction',
    (context) => {
      context.setTransform(0.7, 0.7, -0.7, 0.7, 0, 0);
      context.fillText('a', 0, 0);
    },
  ],
  ['the cap square', (context) => Object.assign(context, { lineCap: 'square' })],
  ['the join round', (context) => Object.assign(context, { lineJoin: 'round' })],
  ['the baseline top', (context) => Object.assign(context, { textBaseline: 'top' })],
  ['dashes that begin elsewhere', (context) => Object.assign(context, { lineDashOffset: 2 })],
  ['images', (context) => context.drawImage()],
])('%s are refused, never left out in silence', (words, draw) => {
  const context = new CanvasContext({ regular: typeface, semibold: typeface }, (text) => colours[text], undefined);
  context.reset(20, 20);
  expect(() => draw(context)).toThrow(words);
});
