import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isSource, lookOf, out, partNames, readStamps, root, sourcesOf, stampFile } from './parts.mjs';

/** Packages with machine code: they stay beside the build. Everything else is part of it. */
export const natives = ['better-sqlite3', '@napi-rs/keyring', 'keytar'];

const nodeBuiltins = [...builtinModules, ...builtinModules.map((name) => `node:${name}`), 'node:sqlite'];
/** How each part is made. The draw worker's entry is its own file. */
const configs = { renderer: rendererConfig, preload: preloadConfig, shell: shellConfig, core: coreConfig };

async function rendererConfig() {
  const { default: react } = await import('@vitejs/plugin-react');
  return {
    root: join(root, 'renderer'),
    base: './',
    plugins: [react()],
    build: {
      outDir: join(out, 'renderer'),
      emptyOutDir: true,
      target: 'chrome108',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 4000,
    },
  };
}

/** CommonJS that old and new Electron both read. */
function commonJs(name, entry, target) {
  return {
    root,
    publicDir: false,
    resolve: { conditions: ['node', 'import', 'default'] },
    build: {
      outDir: join(out, name),
      emptyOutDir: true,
      target,
      minify: false,
      lib: { entry: join(root, entry), formats: ['cjs'], fileName: () => 'index.cjs' },
      rolldownOptions: { platform: 'node', external: ['electron', ...nodeBuiltins] },
    },
  };
}

function preloadConfig() {
  return commonJs('preload', 'preload/index.ts', 'chrome108');
}

function shellConfig() {
  return commonJs('shell', 'main/shell/index.ts', 'node16');
}

function coreConfig() {
  return {
    root,
    publicDir: false,
    resolve: { conditions: ['node', 'import', 'default'], mainFields: ['module', 'main'] },
    build: {
      outDir: join(out, 'core'),
      emptyOutDir: true,
      target: 'node24',
      minify: false,
      ssr: true,
      rolldownOptions: {
        platform: 'node',
        input: coreEntries(),
        external: [...natives, ...nodeBuiltins],
        output: { format: 'cjs', entryFileNames: '[name].js', chunkFileNames: 'shared/[name].js' },
        plugins: [commonJsFolder, noChildProcesses],
      },
    },
    ssr: { noExternal: true, external: natives, target: 'node' },
  };
}

/** CommonJS starts faster than modules do, and every command starts anew. */
const commonJsFolder = {
  name: 'common-js-folder',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' });
  },
};

/** commander can start commands that are programs of their own. Ours are none, and Node's part for that is slow to load. */
const noChildProcesses = {
  name: 'no-child-processes',
  transform(code, id) {
    if (!id.endsWith('/commander/lib/command.js')) return undefined;
    const loads = "import childProcess from 'node:child_process';";
    if (!code.includes(loads)) throw new Error(`${id} no longer loads node:child_process as it did: look at noChildProcesses.`);
    return code.replace(loads, 'const childProcess = undefined;');
  },
};

function coreEntries() {
  const entries = {
    process: 'main/core/process.ts',
    'draw-worker': 'main/core/draw/draw-worker.ts',
    'search-worker': 'main/core/searching/search-worker.ts',
    'compute-worker': 'main/core/compute/compute-worker.ts',
    cli: 'main/headless/cli.ts',
  };
  return Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(root, file)]));
}

/** The SHA-256 over names and bytes of everything a part is made from. */
async function fingerprint(from) {
  const hash = createHash('sha256').update(process.version);
  for (const name of from) await add(join(root, name));
  return hash.digest('hex');

  async function add(path) {
    const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
    if (!entries) {
      if (existsSync(path))
        hash
          .update(relative(root, path))
          .update('\0')
          .update(await readFile(path));
      return;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (isSource(entry.name)) await add(join(path, entry.name));
    }
  }
}

/** Builds the parts whose sources changed since; returns their names. */
export async function build({ only = partNames, force = false } = {}) {
  const stamps = readStamps();
  const built = [];
  let vite;
  for (const name of only) {
    // Before reading: what changes meanwhile looks different the next time.
    const look = lookOf(name);
    const print = await fingerprint(sourcesOf(name));
    const isFresh = !force && stamps[name]?.print === print && existsSync(join(out, name));
    if (isFresh && stamps[name].look === look) continue;
    if (!isFresh) {
      vite ??= await import('vite');
      await vite.build({ configFile: false, logLevel: 'warn', mode: 'production', ...(await configs[name]()) });
      built.push(name);
    }
    stamps[name] = { print, look };
    mkdirSync(out, { recursive: true });
    writeFileSync(stampFile, JSON.stringify(stamps, null, 2));
  }
  return built;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const words = process.argv.slice(2);
  const only = words.filter((word) => !word.startsWith('-'));
  if (words.includes('--clean')) await rm(out, { recursive: true, force: true });
  const unknown = only.find((name) => !partNames.includes(name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no part "${unknown}". The parts are ${partNames.join(', ')}.\n`);
    process.exit(2);
  }
  const started = performance.now();
  const built = await build({
    ...(only.length ? { only } : {}),
    force: words.includes('--force'),
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (built.length) process.stderr.write(`Built ${built.join(', ')} in ${seconds} s\n`);
  else if (!words.includes('--quiet')) process.stderr.write(`Nothing changed (${seconds} s)\n`);
}
