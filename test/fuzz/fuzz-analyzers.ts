import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { knownExtensions } from '../../app/analyzer/extensions/registry.ts';
import { openAnalyzer } from '../../app/analyzer/open.ts';
import type { Source } from '../../app/analyzer/source.ts';
import type { AnalyzerView } from '../../app/analyzer/view.ts';
import { isFailure } from '../../app/failure.ts';
import { sha256 } from '../../main/core/files/sha256.ts';
import { type Files, mutations, randomFrom } from './mutations.ts';

export interface FuzzReport {
  readonly runs: number;
  /** Runs in which everything could still be read. */
  readonly sound: number;
  readonly failures: number;
  /** Processor time: bytes are in memory, so nothing waits, and what else the machine does is not counted. */
  readonly slowestMs: number;
  /** Largest growth of array buffers within one run. */
  readonly largestMiB: number;
  /** What must not be: crashes, hangs, failures that name nothing. Empty when all is well. */
  readonly complaints: readonly string[];
}

const maxMs = 2000;
const maxMiB = 512;
const fixtures = [
  'analyzers/with-recording/analyzer',
  'analyzers/multisegment',
  'phy/kilosort',
  'analyzers/legacy/0.103.2/analyzer.zarr',
  'analyzers/everything/binary',
  'analyzers/everything/analyzer.zarr',
  'phy/exported',
  'analyzers/tutorial',
  'analyzers/legacy/0.101.2/binary',
  'analyzers/legacy/0.101.2/analyzer.zarr',
  'phy/empty-unit',
  'analyzers/legacy/0.102.3/binary',
  'analyzers/legacy/0.102.3/analyzer.zarr',
  'analyzers/legacy/0.103.2/binary',
  'analyzers/legacy/0.104.9/binary',
  'analyzers/legacy/0.104.9/analyzer.zarr',
];

/**
 * Opens mutated analyzers and reads all there is to read. Every run must end in values or in a `Failure` that is no bug, names a
 * file or field, and comes within 2 s and 512 MiB.
 */
export async function fuzzAnalyzers(runs: number, seed: number): Promise<FuzzReport> {
  const sound = fixtures.map((name) => readFolder(join(import.meta.dirname, '../fixtures', name)));
  const complaints: string[] = [];
  let [intact, failures, slowestMs, largestMiB] = [0, 0, 0, 0];
  for (let run = 0; run < runs && complaints.length < 20; run += 1) {
    const random = randomFrom(seed + run);
    const files: Files = new Map(sound[run % sound.length]);
    const applied: string[] = [];
    const count = random() < 0.7 ? 1 : 3;
    for (let turn = 0; turn < count; turn += 1) {
      const mutation = mutations[Math.floor(random() * mutations.length)];
      mutation.apply(files, random);
      applied.push(mutation.name);
    }
    const where = `run ${run} (${fixtures[run % fixtures.length]}: ${applied.join(', ')})`;
    const start = processorMs();
    const before = process.memoryUsage().arrayBuffers;
    const watch = { mostBytes: before };
    const found = await readEverything(files, watch);
    const ms = processorMs() - start;
    const grownMiB = (watch.mostBytes - before) / 2 ** 20;
    slowestMs = Math.max(slowestMs, ms);
    largestMiB = Math.max(largestMiB, grownMiB);
    if (!(ms < maxMs)) complaints.push(`${where}: took ${Math.round(ms)} ms`);
    if (!(grownMiB < maxMiB)) complaints.push(`${where}: held ${Math.round(grownMiB)} MiB`);
    for (const error of found) {
      const complaint = complaintAbout(error);
      if (complaint !== undefined) complaints.push(`${where}: ${complaint}`);
    }
    if (found.length === 0) intact += 1;
    else failures += 1;
  }
  return { runs, sound: intact, failures, slowestMs, largestMiB, complaints };
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function complaintAbout(error: unknown): string | undefined {
  if (!isFailure(error)) return `threw ${error instanceof Error ? error.stack : String(error)}`;
  if (!error.kind.startsWith('analyzer.')) return `failed as ${error.kind}: ${error.message}`;
  const { file, folder, extension, unit } = error.details;
  const named = [file, folder, extension, unit].find((name) => name !== undefined);
  if (named === undefined) return `names nothing: ${error.message}`;
  if (!/^[^\n]+\.$/.test(error.message) || error.message.length > 700) return `isn't a sentence: ${error.message.slice(0, 300)}`;
  return undefined;
}

/** Everything that can go wrong in one analyzer, one error per thing that was asked for. */
async function readEverything(files: Files, watch: { mostBytes: number }): Promise<unknown[]> {
  const errors: unknown[] = [];
  const attempt = async (read: () => Promise<unknown>): Promise<void> => {
    try {
      await read();
    } catch (error) {
      errors.push(error);
    }
    watch.mostBytes = Math.max(watch.mostBytes, process.memoryUsage().arrayBuffers);
  };
  let view: AnalyzerView;
  try {
    view = await openAnalyzer(sourceOf(files), { sha256 });
  } catch (error) {
    return [error];
  }
  await attempt(() => view.spikes());
  await attempt(() => view.mainChannels());
  await attempt(() => view.unitProperties());
  for (const { id } of knownExtensions) {
    if (!view.has(id)) continue;
    await attempt(async () => {
      const extension = await view.extension(id);
      if ('ofUnit' in extension) for (let unit = 0; unit < view.unitIds.length; unit += 1) await extension.ofUnit(unit, { limit: 5 });
      if ('ofOperator' in extension) for (const operator of extension.operators) await extension.ofOperator(operator);
    });
  }
  await view.close();
  return errors;
}

function readFolder(root: string): Files {
  const files: Files = new Map();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || /\.(pkl|pickle|raw)$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(root.length + 1).replaceAll('\\', '/'), Uint8Array.from(readFileSync(path)));
  }
  return files;
}

function sourceOf(files: Files): Source {
  const below = new Map<string, Map<string, boolean>>();
  for (const key of files.keys()) {
    const parts = key.split('/');
    for (let depth = 0; depth < parts.length; depth += 1) {
      const parent = parts.slice(0, depth).join('/');
      const names = below.get(parent) ?? new Map<string, boolean>();
      names.set(parts[depth], depth < parts.length - 1);
      below.set(parent, names);
    }
  }
  return {
    name: 'analyzer',
    get: async (key) => files.get(key)?.slice(),
    getRange: async (key, offset, length) => files.get(key)?.slice(offset, offset + length),
    size: async (key) => files.get(key)?.byteLength,
    list: async (folder) => [...(below.get(folder) ?? [])].map(([name, isFolder]) => ({ name, isFolder })),
  };
}

if (process.argv[1] === import.meta.filename) {
  const [runs, seed] = [Number(process.argv[2] ?? 20_000), Number(process.argv[3] ?? 1)];
  const report = await fuzzAnalyzers(runs, seed);
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  if (report.complaints.length > 0) process.exitCode = 1;
}
