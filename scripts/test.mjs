// `npm test`: sets up everything it needs, then runs every check there is.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { finish, notRun, step, tally, tests, tool } from './checks.mjs';
import { buildAll, buildOptional, setUp } from './setup.mjs';

/**
 * What Debian and Ubuntu call them, and how to see that they are there.
 * @type {{ name: string, program?: string }[]}
 */
const systemPackages = [
  { name: 'xvfb', program: 'Xvfb' },
  { name: 'chromium', program: 'chromium' },
  { name: 'python3-venv' },
  { name: 'dbus-x11', program: 'dbus-run-session' },
  { name: 'gnome-keyring', program: 'gnome-keyring-daemon' },
  { name: 'libsecret-1-dev' },
  { name: 'make', program: 'make' },
  { name: 'g++', program: 'g++' },
  { name: 'libgtk-3-0' },
  { name: 'libnss3' },
  { name: 'libasound2' },
  { name: 'libgbm1' },
  { name: 'libxss1' },
];
/**
 * Ubuntu's newer names.
 * @type {Record<string, string>}
 */
const otherNames = { 'libgtk-3-0': 'libgtk-3-0t64', libasound2: 'libasound2t64' };

const say = (line) => process.stdout.write(`${line}\n`);
const has = (command, ...words) => spawnSync(command, words, { stdio: 'ignore' }).status === 0;
const isDebian = existsSync('/etc/debian_version') && has('dpkg-query', '--version');

/** @param {{ name: string, program?: string }} one */
function isThere({ name, program }) {
  if (program && has('sh', '-c', `command -v ${program}`)) return true;
  return (
    isDebian &&
    [name, otherNames[name]].some(
      (one) => one && /install ok installed/.test(spawnSync('dpkg-query', ['-W', `-f=$\{Status}`, one], { encoding: 'utf8' }).stdout),
    )
  );
}

/** Puts the system's packages in place; answers why it can't, with the line a person runs. */
function setUpSystem() {
  if (process.platform !== 'linux') return 'the tests of the whole application run on Linux (Debian or Ubuntu, x64)';
  const missing = systemPackages.filter((one) => !isThere(one));
  if (missing.length === 0) return undefined;
  const names = missing.map(({ name }) => name);
  const line = `apt-get update && apt-get install -y --no-install-recommends ${names.join(' ')}`;
  if (!isDebian) return `this is no Debian or Ubuntu; it needs the equivalents of ${names.join(', ')}`;
  if (process.getuid() !== 0) return `run this once: sudo sh -c '${line}'`;
  say(`Installing ${names.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env });
  for (const { name } of missing) {
    const tried = [name, otherNames[name]].filter(Boolean);
    tried.some(
      (one) => spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', one], { stdio: 'ignore', env }).status === 0,
    );
  }
  const still = systemPackages.filter((one) => !isThere(one)).map(({ name }) => name);
  return still.length === 0 ? undefined : `these could not be installed: ${still.join(', ')}`;
}

const started = performance.now();
try {
  const lacking = setUpSystem();
  // A folder that was set up before the system had what keytar is built with gets it now.
  if (!(await setUp(say))) await buildOptional(say);
  if (lacking !== undefined) say(`Not everything can be run here: ${lacking}`);

  await Promise.all([tool('types', 'tsc', ['-b', '--force']), tool('lint', 'biome', ['check', '--error-on-warnings', '.'])]);
  await Promise.all([tool('dead code', 'knip', ['--no-progress']), tests('fences')]);
  const isBuilt = await step('build', () => buildAll());
  await tests('unit');
  await tests('long');

  if (lacking !== undefined) {
    notRun('whole application', lacking);
    notRun('against SpikeInterface', lacking);
  } else {
    const { setUpTestElectron } = await import('./test-electron.mjs');
    const hasElectron = isBuilt && (await step('test Electron', () => setUpTestElectron(say)));
    if (hasElectron) await tests('whole');
    else notRun('whole application', 'there is no build or no Electron to run it in');
    const { setUpInterop } = await import('./interop-setup.mjs');
    if (await step('SpikeInterface', () => setUpInterop({ log: say }))) await tests('interop');
    else notRun('against SpikeInterface', 'its environment could not be made');
  }
} catch (error) {
  tally.failed++;
  tally.problems.push(error.message);
}
finish(started);
