// `npm start -- PATH`: sets up, builds what changed, opens the window. Runs on any Node from 20.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './parts.mjs';
import { buildAll, node, setUp } from './setup.mjs';

const say = (line) => process.stdout.write(`${line}\n`);
const words = process.argv.slice(2);
const isBrowserWanted = words.includes('--browser');
const given = words.find((word) => !word.startsWith('-'));
const folder = given === undefined ? [] : [resolve(process.env.INIT_CWD ?? process.cwd(), given)];

/** Why there can be no window of its own here, or undefined. */
function noWindow() {
  if (isBrowserWanted) return 'As asked';
  if (process.platform !== 'linux') return undefined;
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'There is no display here';
  if (process.getuid() === 0) return 'Electron’s sandbox does not start for root';
  return undefined;
}

/** Electron's executable, fetched on first use; undefined where it can't be had. */
function electron() {
  const home = join(root, 'node_modules', 'electron');
  const name = () => (existsSync(join(home, 'path.txt')) ? readFileSync(join(home, 'path.txt'), 'utf8') : undefined);
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH) return join(process.env.ELECTRON_OVERRIDE_DIST_PATH, name() ?? 'electron');
  const there = () => name() !== undefined && existsSync(join(home, 'dist', name()));
  if (!there()) {
    say('Getting Electron (first start only, about 110 MB)');
    spawnSync(node(), [join(home, 'install.js')], { cwd: root, stdio: ['ignore', 'ignore', 'ignore'] });
  }
  return there() ? join(home, 'dist', name()) : undefined;
}

/** Runs the window until it is closed; false where it fell over before it stood. */
function openWindow(executable) {
  const soonMs = 5000;
  const started = Date.now();
  const child = spawn(executable, [root, ...folder], { cwd: root, stdio: 'inherit' });
  return new Promise((done) => {
    child.on('error', () => done(false));
    child.on('exit', (code, signal) => {
      const hasFailed = (code ?? 1) !== 0 && signal !== 'SIGINT' && signal !== 'SIGTERM';
      if (!hasFailed) process.exitCode = 0;
      else if (Date.now() - started < soonMs) return done(false);
      else process.exitCode = code ?? 1;
      done(true);
    });
  });
}

/** Serves the same window to a browser until Ctrl+C. */
function openBrowser(why) {
  say(`${why}: Samecell opens in your browser instead.`);
  const child = spawn(node(), [join(root, 'out', 'core', 'cli.js'), 'serve', '--quiet', ...folder], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
    if (!text.includes('\n')) return;
    const [line, ...rest] = text.split('\n');
    text = rest.join('\n');
    try {
      say(`\n  ${JSON.parse(line).url}\n\nOpen this address (it holds the key of this start). Ctrl+C ends it.`);
    } catch {
      say(line);
    }
  });
  process.on('SIGINT', () => child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((done) => {
    child.on('exit', (code) => {
      process.exitCode = code ?? 0;
      done(undefined);
    });
  });
}

try {
  await setUp(say);
  await buildAll();
  const reason = noWindow();
  if (reason !== undefined) await openBrowser(reason);
  else {
    const executable = electron();
    if (executable === undefined) await openBrowser('Electron can’t be had here');
    else if (!(await openWindow(executable))) await openBrowser('Electron does not start here');
  }
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
