// Runs on any Node from 20 and needs nothing installed: it is what installs.
import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { looksBuilt, partNames, root } from './parts.mjs';

const oldestNode = 20;
const oldestCoreNode = [22, 14];
/** Packages that may run a program when they are installed. No other may. */
const needed = ['node'];
const welcome = ['keytar'];

/** The Node that runs everything: the one of the lockfile, else this one where it is new enough. */
export function nodePath() {
  const own = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(own) && statSync(own).size > 1_000_000) return own;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestCoreNode[0] || (major === oldestCoreNode[0] && minor >= oldestCoreNode[1])) return process.execPath;
  return undefined;
}

/** The same, once set-up is through. */
export function node() {
  const path = nodePath();
  if (path === undefined) throw new Error('Node 24 is not in this folder: run `npm start` or `npm ci` first.');
  return path;
}

/** True where node_modules holds exactly what the lockfile names (packages for other systems aside). */
export function isInstalled() {
  const read = (...path) => {
    try {
      return JSON.parse(readFileSync(join(root, ...path), 'utf8')).packages;
    } catch {
      return undefined;
    }
  };
  const wanted = read('package-lock.json');
  const there = read('node_modules', '.package-lock.json');
  if (!wanted || !there) return false;
  const isThere = ([place, { version, optional }]) => place === '' || (there[place] ? there[place].version === version : optional === true);
  return Object.entries(wanted).every(isThere) && Object.keys(there).every((place) => wanted[place]) && nodePath() !== undefined;
}

/** Installs what the lockfile names, where it is not there yet; true where it did. Throws an Error with one sentence where that fails. */
export async function setUp(say) {
  if (Number(process.versions.node.split('.')[0]) < oldestNode)
    throw new Error(
      `Samecell is set up with Node ${oldestNode} or newer; this is ${process.versions.node}. Get one from https://nodejs.org`,
    );
  if (isInstalled()) return false;
  return alone(async () => {
    if (isInstalled()) return true;
    keepThisNode();
    say('Installing packages from the lockfile (first start: about a minute)');
    await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], 'The packages could not be installed');
    say('Installing Node 24 for this folder');
    await npm(['rebuild', ...needed, '--no-audit', '--no-fund', '--loglevel=error'], 'Node 24 could not be installed');
    await buildWelcome(say);
    if (nodePath() === undefined) throw new Error('Node 24 could not be installed for this folder. Start again with Node 24 on the PATH.');
    return true;
  });
}

/** Builds the packages with machine code that the system could not build before, where it can now. */
export async function buildOptional(say) {
  if (unbuilt().length > 0) await alone(() => buildWelcome(say));
}

async function buildWelcome(say) {
  for (const name of unbuilt()) {
    say(`Building ${name} (optional)`);
    await npm(['rebuild', name, '--loglevel=silent'], '').catch(() =>
      say(`${name} could not be built here; another keychain package takes its place`),
    );
  }
}

function unbuilt() {
  return welcome.filter((name) => {
    const folder = join(root, 'node_modules', name);
    return existsSync(folder) && !existsSync(join(folder, 'build', 'Release', `${name}.node`));
  });
}

/** Builds what changed since, with the Node of the lockfile. */
export async function buildAll(only = partNames) {
  if (looksBuilt(only)) return;
  const { spawnSync } = await import('node:child_process');
  await alone(async () => {
    const { status } = spawnSync(node(), [join(root, 'scripts', 'build.mjs'), '--quiet', ...only], {
      cwd: root,
      stdio: ['ignore', 2, 2],
    });
    if (status !== 0) throw new Error('The build failed; what is above says where.');
  });
}

/** Lets one process at a time set up this folder; others wait for it. */
async function alone(work) {
  const lock = join(root, '.setup', 'lock');
  mkdirSync(join(root, '.setup'), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (!isRunning(lock)) rmSync(lock, { force: true });
      else await new Promise((done) => setTimeout(done, 200));
    }
  }
  const unlock = () => rmSync(lock, { force: true });
  process.once('exit', unlock);
  try {
    return await work();
  } finally {
    process.off('exit', unlock);
    unlock();
  }
}

function isRunning(lock) {
  try {
    const text = readFileSync(lock, 'utf8');
    // Being written this very moment.
    if (text === '') return Date.now() - statSync(lock).mtimeMs < 2000;
    process.kill(Number(text), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Where the Node that runs this is, while the packages are installed anew. */
const keptNode = { folder: join(root, '.setup', 'node'), path: undefined };

/**
 * `npm ci` begins by taking away `node_modules`, and with it the Node that runs this where it comes from there (npm puts that
 * one first on the PATH). A second name for the same file stays, and whatever npm starts finds it.
 */
function keepThisNode() {
  const running = realpathSync(process.execPath);
  if (!running.startsWith(realpathSync(root) + sep)) return;
  const path = join(keptNode.folder, process.platform === 'win32' ? 'node.exe' : 'node');
  mkdirSync(keptNode.folder, { recursive: true });
  if (running === path) return;
  rmSync(path, { force: true });
  try {
    linkSync(running, path);
  } catch {
    copyFileSync(running, path);
  }
  keptNode.path = path;
  process.env.PATH = `${keptNode.folder}${delimiter}${process.env.PATH ?? ''}`;
  process.once('exit', () => rmSync(keptNode.folder, { recursive: true, force: true }));
}

async function npm(words, problem) {
  const { spawn } = await import('node:child_process');
  const script = process.env.npm_execpath;
  const isOwn = script !== undefined && /npm-cli\.[cm]?js$/.test(script);
  const windows = process.platform === 'win32';
  const [command, before] = isOwn ? [keptNode.path ?? process.execPath, [script]] : [windows ? 'npm.cmd' : 'npm', []];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...before, ...words], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: !isOwn && windows,
    });
    child.on('error', (error) => reject(new Error(`${problem}: npm can’t be run (${error.message}).`)));
    child.on('exit', (code) =>
      code === 0 ? resolve(undefined) : reject(new Error(`${problem}: npm ended with code ${code}. What it printed is above.`)),
    );
  });
}
