import { join } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { expect, onTestFinished, test } from 'vitest';
import { openAnalyzer } from '../../../../app/analyzer/open.ts';
import { featureById, usualFeatureIds } from '../../../../app/plots/registry.ts';
import { sheetLayout } from '../../../../app/plots/sheet.ts';
import { createDrawer } from '../../../../main/core/draw/drawer.ts';
import { diskSource } from '../../../../main/core/files/disk-source.ts';
import { pictureStore } from '../../../../main/core/files/picture-store.ts';
import { sha256 } from '../../../../main/core/files/sha256.ts';
import { contactSheet, createPictureRoom } from '../../../../main/core/pictures/picture-room.ts';
import { splits } from '../support/open-service.ts';
import { storedSession } from '../support/stored-session.ts';

async function openRoom(rendererVersion = 'look 1') {
  const { tables, folder } = storedSession([]);
  const view = await openAnalyzer(diskSource(splits), { sha256 });
  const drawn: string[] = [];
  const room = createPictureRoom({
    tables,
    store: pictureStore(join(folder, 'pictures')),
    featureById,
    rendererVersion,
    isCurrent: async () => true,
    drawing: async () => {
      const drawer = createDrawer({ threads: 1 });
      return {
        draw: (feature, data, options) => {
          drawn.push(feature);
          return drawer.draw(feature, data, options);
        },
        drawSheet: (parts, layout, options) => {
          drawn.push(contactSheet);
          return drawer.drawSheet(parts, layout, options);
        },
        close: () => drawer.close(),
      };
    },
  });
  onTestFinished(async () => {
    await room.close();
    await view.close();
  });
  return { room, view, drawn };
}

test('a picture of another size is another picture, and each is drawn once', async () => {
  const { room, view, drawn } = await openRoom();
  const own = await room.of(view, [0, 38], 'amplitude_plot');
  const small = await room.of(view, [0, 38], 'amplitude_plot', { sizePx: { width: 576, height: 352 } });
  expect([own.width, own.height, small.width, small.height]).toEqual([720, 420, 576, 352]);
  expect(small.sha256).not.toBe(own.sha256);
  expect(small.description).toBe(own.description);
  const again = await room.of(view, [0, 38], 'amplitude_plot', { sizePx: { width: 576, height: 352 } });
  const named = await room.of(view, [0, 38], 'amplitude_plot', { sizePx: { width: 720, height: 420 } });
  expect([again.sha256, again.cached, named.sha256, named.cached]).toEqual([small.sha256, true, own.sha256, true]);
  expect(drawn).toEqual(['amplitude_plot', 'amplitude_plot']);
});

test('a contact sheet holds each picture in its own tile, and is kept by features and size', async () => {
  const { room, view, drawn } = await openRoom();
  const bounds = { width: 1560, height: 1000 };
  const sheet = await room.sheet(view, [0, 38], usualFeatureIds, bounds);
  expect(sheet.feature).toBe(contactSheet);
  expect((await room.sheet(view, [0, 38], usualFeatureIds, bounds)).cached).toBe(true);
  const fewer = await room.sheet(view, [0, 38], usualFeatureIds.slice(0, 2), bounds);
  const smaller = await room.sheet(view, [0, 38], usualFeatureIds, { width: 1400, height: 900 });
  expect(new Set([sheet.sha256, fewer.sha256, smaller.sha256]).size).toBe(3);
  expect(drawn).toEqual([contactSheet, contactSheet, contactSheet]);
  expect(sheet.description.split('\n').map((line) => line[0])).toEqual(['1', '2', '3', '4', '5', '6']);

  const layout = sheetLayout(6, bounds);
  expect({ width: sheet.width, height: sheet.height }).toEqual({ width: layout.width, height: layout.height });
  const image = await loadImage(Buffer.from(sheet.bytes));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  for (const { x, y, width, height } of layout.tiles) {
    const pixels = context.getImageData(x, y, width, height).data;
    let blue = 0;
    for (let i = 0; i < pixels.length; i += 4) if (pixels[i + 2] > pixels[i] + 60) blue++;
    expect(blue).toBeGreaterThan(100);
  }
});

test('one feature that fails leaves no sheet behind', async () => {
  const { room, view } = await openRoom();
  await expect(room.sheet(view, [0, 1], ['waveform_single', 'pca_clustering'], { width: 1560, height: 1000 })).rejects.toMatchObject({
    kind: 'input.invalid',
  });
  await expect(room.sheet(view, [0, 1], [], { width: 1560, height: 1000 })).rejects.toMatchObject({ kind: 'bug' });
});
