import { readFileSync, writeFileSync } from 'node:fs';
import { BrowserWindow, dialog, nativeTheme, screen } from 'electron';
import { startPage } from '../harden/address.ts';
import { windowOptions } from '../harden/window-options.ts';
import type { Paths } from '../paths.ts';
import type { Record } from '../record/record.ts';
import { fitPlacement, type Placement, parsePlacement } from './placement.ts';

/** Opens the window where it stood last and loads the page. `onMade` comes before anything of the page runs. */
export function openWindow(options: {
  paths: Paths;
  packaged: boolean;
  record: Record;
  onMade(window: BrowserWindow): void;
}): BrowserWindow {
  const { paths, record } = options;
  const stored = readPlacement(paths.placement);
  const screens = screen.getAllDisplays().map((display) => display.workArea);
  const window = new BrowserWindow(
    windowOptions({
      preload: paths.preload,
      dark: nativeTheme.shouldUseDarkColors,
      packaged: options.packaged,
      bounds: fitPlacement(stored, screens),
    }),
  );
  if (stored?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => writePlacement(paths.placement, window, record));
  offerReload(window, record);
  options.onMade(window);
  window.loadURL(startPage).catch((error: unknown) => record.write('window', { problem: 'the page did not load', error }));
  return window;
}

function offerReload(window: BrowserWindow, record: Record): void {
  window.webContents.on('render-process-gone', (_event, details) => {
    record.write('window', { problem: 'the page ended', reason: details.reason, exitCode: details.exitCode });
    if (details.reason === 'clean-exit' || window.isDestroyed()) return;
    void dialog
      .showMessageBox(window, {
        type: 'error',
        message: 'The window stopped unexpectedly.',
        detail: 'Nothing is lost: decisions and verdicts were kept as they were made.',
        buttons: ['Load Again', 'Close'],
        defaultId: 0,
        cancelId: 1,
      })
      .then(({ response }) => (response === 0 ? window.webContents.reload() : window.destroy()));
  });
  let asking = false;
  window.on('unresponsive', () => {
    if (asking) return;
    asking = true;
    record.write('window', { problem: 'the page does not answer' });
    void dialog
      .showMessageBox(window, {
        type: 'warning',
        message: 'The window does not answer.',
        buttons: ['Wait', 'Load Again'],
        defaultId: 0,
        cancelId: 0,
      })
      .then(({ response }) => {
        asking = false;
        if (response === 1 && !window.isDestroyed()) window.webContents.reload();
      });
  });
}

function readPlacement(file: string): Placement | undefined {
  try {
    return parsePlacement(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function writePlacement(file: string, window: BrowserWindow, record: Record): void {
  try {
    writeFileSync(file, JSON.stringify({ ...window.getNormalBounds(), maximized: window.isMaximized() }));
  } catch (error) {
    record.write('window', { problem: 'its place was not kept', error });
  }
}
