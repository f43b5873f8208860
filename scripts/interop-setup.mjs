// Makes the Python environments that test/interop holds Samecell against: plain venv and pip, in .setup/, from fixed versions.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const spikeinterface = 'import numba, pandas, scipy, sklearn.decomposition, spikeinterface.full, zarr';

/** @type {{ name: string, newestPython: number, oldestPython: number, proof: string, megabytes: number }[]} */
const environments = [
  { name: 'si105', oldestPython: 11, newestPython: 13, proof: spikeinterface, megabytes: 400 },
  { name: 'si102', oldestPython: 11, newestPython: 13, proof: spikeinterface, megabytes: 400 },
  { name: 'litellm', oldestPython: 11, newestPython: 13, proof: 'import litellm.proxy.proxy_server', megabytes: 700 },
];

/** @param {string} name */
const folderOf = (name) => join(root, '.setup', `venv-${name}`);
/** @param {string} name */
const requirementsOf = (name) => join(root, 'test', 'interop', `requirements-${name}.txt`);
/** @param {string} folder */
const pythonIn = (folder) => (process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python'));

/**
 * The interpreter of an environment that is there and holds what its requirements ask for, else undefined.
 * @param {string} name
 */
export function interopPython(name) {
  const folder = folderOf(name);
  const stamp = join(folder, 'requirements.sha256');
  const ready = existsSync(pythonIn(folder)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOf(name);
  return ready ? pythonIn(folder) : undefined;
}

/**
 * Makes every environment that is not there yet. Throws an Error with one sentence where it can't.
 * @param {{ log?: (line: string) => void }} [options]
 */
export async function setUpInterop({ log = () => {} } = {}) {
  for (const environment of environments) {
    const { name, proof, megabytes } = environment;
    if (interopPython(name) !== undefined) continue;
    const folder = folderOf(name);
    const python = findPython(environment);
    log(`Python environment ${name}: making it with ${python.version} (about ${megabytes} MB, once)`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
    await run(python.command, ['-m', 'venv', folder], 'python3 -m venv failed. On Debian and Ubuntu install python3-venv first');
    const pip = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--only-binary=:all:',
      '--no-deps',
      '-r',
      requirementsOf(name),
    ];
    await run(pythonIn(folder), withSourceFallback(pip), `pip could not install ${requirementsOf(name)}`);
    await run(pythonIn(folder), ['-c', proof], `${requirementsOf(name)} was installed but does not import`);
    writeFileSync(join(folder, 'requirements.sha256'), hashOf(name));
    log(`Python environment ${name}: ready`);
  }
}

/**
 * asciitree is published as source only; everything else comes as wheels.
 * @param {string[]} pip
 */
function withSourceFallback(pip) {
  return [...pip, '--no-binary=asciitree'];
}

/** @param {string} name */
function hashOf(name) {
  return createHash('sha256')
    .update(readFileSync(requirementsOf(name)))
    .digest('hex');
}

/** @param {{ name: string, oldestPython: number, newestPython: number }} environment */
function findPython({ name, oldestPython, newestPython }) {
  const minors = Array.from({ length: newestPython - oldestPython + 1 }, (_, index) => newestPython - index);
  const given = process.env['SAMECELL_PYTHON'];
  const commands = given === undefined ? ['python3', ...minors.map((minor) => `python3.${minor}`), 'python'] : [given];
  for (const command of commands) {
    const answer = spawnSync(command, ['-c', 'import sys, venv; print("%d.%d" % sys.version_info[:2])'], { encoding: 'utf8' });
    const version = /^3\.([0-9]+)$/.exec((answer.stdout ?? '').trim());
    if (version !== null && Number(version[1]) >= oldestPython && Number(version[1]) <= newestPython) {
      return { command, version: `Python ${version[0]}` };
    }
  }
  throw new Error(
    `No Python 3.${oldestPython} to 3.${newestPython} with venv was found for the ${name} tests. Install one (Debian and Ubuntu: apt-get install python3 python3-venv) or name it in SAMECELL_PYTHON.`,
  );
}

/**
 * @param {string} command
 * @param {string[]} words
 * @param {string} otherwise
 * @returns {Promise<void>}
 */
function run(command, words, otherwise) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (piece) => {
      said = (said + piece).slice(-2000);
    });
    child.on('error', () => reject(new Error(`${otherwise}.`)));
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${otherwise}:\n${said.trim()}`))));
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await setUpInterop({ log: (line) => process.stdout.write(`${line}\n`) });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
