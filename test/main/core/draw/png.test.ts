import { inflateSync } from 'node:zlib';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { expect, test } from 'vitest';
import { encodePng } from '../../../../main/core/draw/png.ts';

/** As `encodePng` takes them. */
const words = (bytes: Uint8Array) => new Uint32Array(bytes.buffer);

async function decoded(png: Uint8Array): Promise<Uint8ClampedArray> {
  const image = await loadImage(Buffer.from(png));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height).data;
}

test('colours that five bits tell apart come back exactly', async () => {
  const pixels = new Uint8Array(16 * 12 * 4).fill(255);
  for (let i = 0; i < 16 * 12; i++) pixels.set([(i % 8) * 30, Math.floor(i / 16) * 20, (i % 3) * 100], i * 4);
  expect([...(await decoded(encodePng(words(pixels), 16, 12)))]).toEqual([...pixels]);
});

test('more than 256 colours are shown by the nearest kept ones', async () => {
  const pixels = new Uint8Array(64 * 64 * 4).fill(255);
  for (let i = 0; i < 64 * 64; i++) pixels.set([(i % 64) * 4, Math.floor(i / 64) * 4, 128], i * 4);
  const back = await decoded(encodePng(words(pixels), 64, 64));
  let worst = 0;
  for (let i = 0; i < pixels.length; i++) worst = Math.max(worst, Math.abs(back[i] - pixels[i]));
  expect(worst).toBeLessThan(200);
  let sum = 0;
  for (let i = 0; i < pixels.length; i++) sum += Math.abs(back[i] - pixels[i]);
  expect(sum / pixels.length).toBeLessThan(40);
});

test('white paper is kept white and takes almost no room', async () => {
  const png = encodePng(new Uint32Array(640 * 480).fill(0xffffffff), 640, 480);
  expect(png.length).toBeLessThan(2000);
  expect((await decoded(png)).every((value) => value === 255)).toBe(true);
});

test('the compressed rows leave deflate no choice: only runs of one byte are referred to', () => {
  const pixels = new Uint8Array(64 * 64 * 4).fill(255);
  for (let i = 0; i < 64 * 64; i++) pixels.set([i % 7 === 0 ? 0 : 255, 255, 255], i * 4);
  const png = encodePng(words(pixels), 64, 64);
  const view = new DataView(png.buffer);
  let offset = 8;
  while (String.fromCharCode(...png.subarray(offset + 4, offset + 8)) !== 'IDAT') offset += view.getUint32(offset) + 12;
  const rows = inflateSync(png.subarray(offset + 8, offset + 8 + view.getUint32(offset)));
  expect(rows).toHaveLength(65 * 64);
  expect([...new Set(Array.from({ length: 64 }, (_, y) => rows[y * 65]))]).toEqual([0, 2]);
});

test('a smaller picture after a larger one has nothing of it', async () => {
  const large = new Uint32Array(200 * 100).map((_, i) => 0xff000000 | (i * 7919));
  encodePng(large, 200, 100);
  const small = new Uint32Array(20 * 10).fill(0xffffffff);
  expect((await decoded(encodePng(small, 20, 10))).every((value) => value === 255)).toBe(true);
});
