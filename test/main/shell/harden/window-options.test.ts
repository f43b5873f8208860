import { expect, test } from 'vitest';
import { windowOptions } from '../../../../main/shell/harden/window-options.ts';

const choices = { preload: '/app/out/preload/index.cjs', dark: false, packaged: true, bounds: { width: 1280, height: 800 } };

test('a window is made with exactly these safety settings', () => {
  expect(windowOptions(choices).webPreferences).toMatchInlineSnapshot(`
    {
      "allowRunningInsecureContent": false,
      "contextIsolation": true,
      "devTools": false,
      "experimentalFeatures": false,
      "navigateOnDragDrop": false,
      "nodeIntegration": false,
      "nodeIntegrationInSubFrames": false,
      "nodeIntegrationInWorker": false,
      "preload": "/app/out/preload/index.cjs",
      "safeDialogs": true,
      "sandbox": true,
      "spellcheck": false,
      "webSecurity": true,
      "webviewTag": false,
    }
  `);
});

test('it stays hidden until it has something to show, on the ground of its theme', () => {
  expect(windowOptions(choices)).toMatchObject({ show: false, backgroundColor: '#ffffff', width: 1280 });
  expect(windowOptions({ ...choices, dark: true }).backgroundColor).toBe('#16181b');
});

test('developer tools exist in a clone only', () => {
  expect(windowOptions({ ...choices, packaged: false }).webPreferences?.devTools).toBe(true);
});
