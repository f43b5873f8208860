// Merging the true pairs of the demo (or groups of a file, or so many pairs of the most similar units) and writing the result in
// either form, against merge_units and save_as with everything loaded and compiled.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAnalyzer } from '../app/analyzer/open.ts';
import { inOneStep } from '../app/analyzer/sink.ts';
import { folderWriter } from '../app/analyzer/writing/folder-writer.ts';
import { zarrWriter } from '../app/analyzer/writing/zarr-writer.ts';
import { mergeAnalyzer } from '../app/curation/merge-analyzer.ts';
import { diskSink } from '../main/core/files/disk-sink.ts';
import { diskSource } from '../main/core/files/disk-source.ts';
import { sha256 } from '../main/core/files/sha256.ts';
import { askPython, median } from './ask-python.ts';

const root = join(import.meta.dirname, '..');
const folder = process.argv[2] ?? join(root, 'assets/demo/splits');
const wanted = process.argv[3];
const demoGroups = [
  [0, 38],
  [3, 41],
  [5, 29],
  [7, 19, 30],
  [10, 26],
  [11, 24],
  [12, 43],
  [13, 14],
  [16, 28],
  [22, 32],
  [36, 37],
];
const groups = await groupsToMerge();
// The code of either side is compiled long before the middle run.
const repeats = Number(process.argv[4] ?? 40);

const times: Record<string, number[]> = { binary_folder: [], zarr: [] };
/** Processor time: what a loaded machine does not change. */
const processor: Record<string, number[]> = { binary_folder: [], zarr: [] };
let extensions: string[] = [];
// Files that were just deleted slow the making of new ones (ext4 looks for other inodes), so all stay until the last.
const homes: string[] = [];
for (const form of ['binary_folder', 'zarr'] as const) {
  for (let run = 0; run < repeats; run += 1) {
    const home = mkdtempSync(join(tmpdir(), 'samecell-bench-'));
    homes.push(home);
    const begin = performance.now();
    const busy = process.cpuUsage();
    const source = diskSource(folder);
    const view = await openAnalyzer(source, { sha256 });
    const writer = form === 'zarr' ? zarrWriter : folderWriter;
    const merged = await inOneStep(await diskSink(join(home, 'merged')), (sink) => mergeAnalyzer(view, source, groups, { sink, writer }));
    times[form].push(performance.now() - begin);
    const { user, system } = process.cpuUsage(busy);
    processor[form].push((user + system) / 1000);
    const dropped = new Set(merged.dropped.map(({ extension }) => extension));
    extensions = view.summary.extensions.map(({ name }) => name).filter((name) => !dropped.has(name));
    await view.close();
  }
  for (const home of homes.splice(0)) rmSync(home, { recursive: true });
}
// Both merge the same extensions.
const { answer } = askPython<Record<string, { cold: number; warm: number; processor: number }>>('merging.py', [
  folder,
  JSON.stringify(groups),
  JSON.stringify(extensions),
  String(repeats),
]);
const lines = Object.entries(times).map(([form, ours]) => {
  const own = median(ours);
  const { cold, warm, processor: theirs } = answer[form];
  const busy = median(processor[form]);
  return `${form.padEnd(14)} first ${ours[0].toFixed(0)} ms, then ${own.toFixed(0)} ms; SpikeInterface first ${cold.toFixed(0)} ms, then ${warm.toFixed(0)} ms; ratio ${(warm / own).toFixed(1)}×; processor ${busy.toFixed(0)} and ${theirs.toFixed(0)} ms, ratio ${(theirs / busy).toFixed(1)}×`;
});
process.stdout.write(
  `${folder}: ${groups.length} groups, ${extensions.length} extensions, opening and flushing to disk included on our side\n${lines.join('\n')}\n`,
);

async function groupsToMerge(): Promise<(string | number)[][]> {
  if (wanted === undefined) return demoGroups;
  if (!/^\d+$/.test(wanted)) return JSON.parse(readFileSync(wanted, 'utf8'));
  const view = await openAnalyzer(diskSource(folder), { sha256 });
  const { similarity } = await view.extension('template_similarity');
  const { unitIds, sparsity, channelIds } = view;
  await view.close();
  const share = (first: number, second: number) =>
    sparsity === undefined ||
    channelIds.some((_, at) => [first, second].every((unit) => sparsity.mask[unit * channelIds.length + at] !== 0));
  const pairs = unitIds.flatMap((_, first) =>
    unitIds.map((_, second) => ({ first, second, similarity: similarity[first * unitIds.length + second] })),
  );
  pairs.sort((a, b) => b.similarity - a.similarity);
  const taken = new Set<number>();
  const chosen: (string | number)[][] = [];
  for (const { first, second } of pairs) {
    if (chosen.length === Number(wanted)) break;
    if (first >= second || taken.has(first) || taken.has(second) || !share(first, second)) continue;
    taken.add(first).add(second);
    chosen.push([unitIds[first], unitIds[second]]);
  }
  return chosen;
}
