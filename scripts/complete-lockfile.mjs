// `node scripts/complete-lockfile.mjs`, after a change of package-lock.json: adds the packages for other systems that
// npm leaves out where the registry in use does not have them. Without them `npm ci` refuses the lockfile everywhere.
// Their version is the one their parent names; their checksum is not known here and left out.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './parts.mjs';

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x'];

/** What npm needs to know to leave a package out elsewhere, read from a name such as @napi-rs/canvas-linux-arm64-musl. */
function platformOf(name) {
  const words = name.split('/').at(-1).split('-');
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  if (!os || !cpu) throw new Error(`${name} does not say which system it is for.`);
  const libc = words.some((word) => /^musl/.test(word)) ? ['musl'] : words.some((word) => /^gnu/.test(word)) ? ['glibc'] : undefined;
  return { os: [os], cpu: [cpu], ...(libc ? { libc } : {}) };
}

const file = join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const added = [];
for (const [parent, { optionalDependencies = {}, dev, engines }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const place = `node_modules/${name}`;
    const isThere = lock.packages[place] || lock.packages[`${parent}/node_modules/${name}`];
    if (isThere || parent === '') continue;
    if (!/^\d/.test(version)) throw new Error(`${name} is asked for as "${version}", which names no version.`);
    lock.packages[place] = { version, ...platformOf(name), ...(dev ? { dev } : {}), optional: true, ...(engines ? { engines } : {}) };
    added.push(name);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added.length} packages for other systems added\n`);
