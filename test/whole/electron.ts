import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type ElectronApplication, _electron as electron, type Page } from 'playwright';
import type { House } from './house.ts';

// Holds the application back until Playwright listens; Playwright adds it only where it picks the executable itself.
const playwright = createRequire(import.meta.resolve('playwright'));
const loader = join(dirname(playwright.resolve('playwright-core')), 'lib', 'server', 'electron', 'loader.js');

export interface Started {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly dataFolder: string;
  /** Lines of the shell's log. */
  log(): LogLine[];
  /** What the page printed as a warning or an error. */
  readonly complaints: string[];
  close(): Promise<void>;
}

interface LogLine {
  readonly what: string;
  readonly [field: string]: unknown;
}

/**
 * Starts the built application in the test Electron. Its core runs in this Node by the other core link, since that
 * Electron is too old to hold it; shell, preload, door and window are what people get.
 */
export async function startElectron(options: {
  house: House;
  display: string;
  dataFolder?: string;
  arguments?: readonly string[];
  env?: Record<string, string>;
}): Promise<Started> {
  const { house } = options;
  const dataFolder = options.dataFolder ?? house.newFolder('data');
  const app = await electron.launch({
    executablePath: house.command(join(house.folder, '.setup', 'electron22', 'electron')),
    args: ['-r', loader, '--disable-gpu', '--disable-dev-shm-usage', house.folder, ...(options.arguments ?? [])],
    chromiumSandbox: house.sandboxed,
    cwd: house.folder,
    env: { ...environment(options.display, house, dataFolder), ...options.env },
    timeout: 60_000,
  });
  const page = await app.firstWindow({ timeout: 60_000 });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.waitForLoadState('domcontentloaded');
  return { app, page, dataFolder, complaints, log: () => readLog(dataFolder), close: () => app.close() };
}

/** What a start of the test Electron needs to know, and nothing of this shell besides. */
export function environment(display: string, house: House, dataFolder: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: dataFolder,
    LANG: 'en_US.UTF-8',
    DISPLAY: display,
    SAMECELL_DATA_DIR: dataFolder,
    SAMECELL_CORE_NODE: house.node,
  };
}

export function readLog(dataFolder: string): LogLine[] {
  try {
    const text = readFileSync(join(dataFolder, 'logs', 'window.log'), 'utf8').trimEnd();
    return text.split('\n').map((line) => JSON.parse(line) as LogLine);
  } catch {
    return [];
  }
}
