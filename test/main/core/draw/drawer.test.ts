import { createHash } from 'node:crypto';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AnalyzerView } from '../../../../app/analyzer/view.ts';
import { crosscorrelograms } from '../../../../app/plots/features/crosscorrelograms.ts';
import { waveformMulti } from '../../../../app/plots/features/waveform-multi.ts';
import { plotFeatures } from '../../../../app/plots/registry.ts';
import { createDrawer, type Drawer } from '../../../../main/core/draw/drawer.ts';
import { groupOf } from '../../../app/plots/fixture-groups.ts';
import { openReference } from '../../../app/support/reference.ts';

let view: AnalyzerView;
let drawer: Drawer;
let other: Drawer;

beforeAll(async () => {
  view = await openReference('splits');
  drawer = createDrawer({ threads: 1 });
  other = createDrawer({ threads: 1 });
  await other.draw('waveform_multi', await waveformMulti.load(view, groupOf(view, [7, 19, 30])));
});

afterAll(async () => {
  await drawer.close();
  await other.close();
  await view.close();
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe.each(plotFeatures)('$id', (feature) => {
  test('is the same PNG, byte for byte, in another thread at another time', async () => {
    const data = await feature.load(view, groupOf(view, [0, 38]));
    const [first, second, third] = [
      await drawer.draw(feature.id, data),
      await drawer.draw(feature.id, data),
      await other.draw(feature.id, data),
    ];
    expect(sha256(second.bytes)).toBe(sha256(first.bytes));
    expect(sha256(third.bytes)).toBe(sha256(first.bytes));
    expect({ width: first.width, height: first.height }).toEqual(feature.sizePx);
    expect(first.bytes.length).toBeLessThan(60_000);
    expect(first.ms).toBeGreaterThan(0);
  });

  test('of eight units stays below 60 KB', async () => {
    const eight = groupOf(view, [12, 43, 13, 14, 5, 29, 36, 37]);
    expect((await drawer.draw(feature.id, await feature.load(view, eight))).bytes.length).toBeLessThan(60_000);
  });

  test('is a picture with ink of both units on white paper', async () => {
    const { bytes } = await drawer.draw(feature.id, await feature.load(view, groupOf(view, [0, 38])));
    const image = await loadImage(Buffer.from(bytes));
    expect({ width: image.width, height: image.height }).toEqual(feature.sizePx);
    const canvas = createCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const pixels = context.getImageData(0, 0, image.width, image.height).data;
    let white = 0;
    let blue = 0;
    let orange = 0;
    for (let i = 0; i < pixels.length; i += 4) {
      const [red, green, blueness] = pixels.subarray(i, i + 3);
      if (red === 255 && green === 255 && blueness === 255) white++;
      if (blueness > red + 60) blue++;
      if (red > blueness + 60) orange++;
    }
    expect(white).toBeGreaterThan(pixels.length / 4 / 2);
    expect(blue).toBeGreaterThan(100);
    expect(orange).toBeGreaterThan(100);
  });
});

describe('the drawer', () => {
  test('answers out of turn work with the right picture', async () => {
    const many = createDrawer({ threads: 2 });
    try {
      const data = await Promise.all(plotFeatures.map((feature) => feature.load(view, groupOf(view, [0, 38]))));
      const alone: string[] = [];
      for (const [i, feature] of plotFeatures.entries()) alone.push(sha256((await drawer.draw(feature.id, data[i])).bytes));
      const together = await Promise.all(
        [...plotFeatures, ...plotFeatures].map((feature, i) => many.draw(feature.id, data[i % data.length])),
      );
      expect(together.map((picture) => sha256(picture.bytes))).toEqual([...alone, ...alone]);
    } finally {
      await many.close();
    }
  });

  test('cancels a picture that waits or is drawn, and goes on with the next', async () => {
    const data = await crosscorrelograms.load(view, groupOf(view, [0, 38]));
    const stop = new AbortController();
    const running = drawer.draw('crosscorrelograms', data, { signal: stop.signal });
    const waiting = drawer.draw('crosscorrelograms', data, { signal: stop.signal });
    const kept = drawer.draw('crosscorrelograms', data);
    stop.abort();
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(waiting).rejects.toMatchObject({ kind: 'cancelled' });
    expect((await kept).bytes.length).toBeGreaterThan(1000);
    await expect(drawer.draw('crosscorrelograms', data, { signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'cancelled' });
  });

  test('fails one picture without harm to the next: unknown feature, data that is no data', async () => {
    const data = await crosscorrelograms.load(view, groupOf(view, [0, 38]));
    await expect(drawer.draw('histogram', data)).rejects.toMatchObject({ kind: 'input.invalid' });
    await expect(drawer.draw('crosscorrelograms', {})).rejects.toMatchObject({ kind: 'bug' });
    await expect(drawer.draw('crosscorrelograms', () => 0)).rejects.toMatchObject({ kind: 'bug' });
    expect((await drawer.draw('crosscorrelograms', data)).bytes.length).toBeGreaterThan(1000);
  });

  test('cancels what is left when it closes, and draws no more', async () => {
    const closing = createDrawer({ threads: 1 });
    const picture = closing.draw('crosscorrelograms', await crosscorrelograms.load(view, groupOf(view, [0, 38])));
    const outcome = expect(picture).rejects.toMatchObject({ kind: 'cancelled' });
    await closing.close();
    await outcome;
    await expect(closing.draw('crosscorrelograms', {})).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
