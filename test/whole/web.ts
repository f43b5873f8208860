import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { type House, root } from './house.ts';

export interface Served {
  readonly url: string;
  readonly dataFolder: string;
  /** Ends the host as Ctrl+C does; its exit code. */
  close(): Promise<number | null>;
}

/** Starts the built web host as the command line does. */
export async function startServe(options: { house: House; dataFolder?: string; arguments?: readonly string[] }): Promise<Served> {
  const dataFolder = options.dataFolder ?? options.house.newFolder('data');
  const child = spawn(process.execPath, [join(root, 'out', 'core', 'cli.js'), 'serve', ...(options.arguments ?? [])], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: dataFolder, SAMECELL_DATA_DIR: dataFolder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { url } = JSON.parse(await firstLine(child)) as { url: string };
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    url,
    dataFolder,
    close() {
      child.kill('SIGINT');
      return ended;
    },
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = '';
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes('\n')) resolve(out.split('\n')[0]);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The web host ended with code ${code}: ${errors}`)));
  });
}

export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['SAMECELL_CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page whose complaints are kept: what it printed as a warning or an error, and requests to anywhere else. */
export async function openPage(browser: Browser, url: string): Promise<{ page: Page; complaints: string[]; outside: string[] }> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  const complaints: string[] = [];
  const outside: string[] = [];
  const { host } = new URL(url);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const address = new URL(request.url());
    if (address.protocol !== 'data:' && address.protocol !== 'blob:' && address.host !== host) outside.push(request.url());
  });
  await page.goto(url);
  return { page, complaints, outside };
}
