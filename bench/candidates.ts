// Candidates against SpikeInterface's compute_merge_unit_groups: warm in one process, and the whole command in a fresh one.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { openAnalyzer } from '../app/analyzer/open.ts';
import { presets } from '../app/candidates/presets.ts';
import { findCandidates } from '../app/candidates/run.ts';
import { diskSource } from '../main/core/files/disk-source.ts';
import { sha256 } from '../main/core/files/sha256.ts';
import { askPython, median } from './ask-python.ts';

const root = join(import.meta.dirname, '..');
const folder = process.argv[2] ?? join(root, 'assets/demo/splits');
const repeats = 7;

const searches = [
  { name: 'template_similarity', request: { steps: ['template_similarity'] }, arguments: { preset: null, steps: ['template_similarity'] } },
  ...presets.map(({ id }) => ({ name: id, request: { preset: id }, arguments: { preset: id } })),
];

async function once(request: (typeof searches)[number]['request']) {
  const view = await openAnalyzer(diskSource(folder), { sha256 });
  // Stored data is read first on both sides: the search itself is compared.
  for (const { name, known } of view.summary.extensions) {
    if (known && name !== 'waveforms' && name !== 'principal_components') await view.extension(name as 'templates').catch(() => undefined);
  }
  await view.spikes();
  const begin = performance.now();
  const found = await findCandidates(view, { ...request, resolveGraph: false }, { now: () => performance.now() });
  const ms = performance.now() - begin;
  await view.close();
  return { ms, pairs: found.pairs.length };
}

const python = askPython<Record<string, { pairs: number | string; cold: number | null; warm: number | null }>>('candidates.py', [
  folder,
  JSON.stringify(searches.map(({ name, arguments: words }) => ({ name, arguments: words }))),
  String(repeats),
]);

process.stdout.write('search                     pairs (SI)   warm ms (SI)        ratio   cold ms (SI)\n');
for (const { name, request } of searches) {
  const first = await once(request);
  const times: number[] = [];
  for (let run = 0; run < repeats; run += 1) times.push((await once(request)).ms);
  const theirs = python.answer[name];
  const warm = median(times);
  const ratio = theirs.warm === null ? '–' : `${(theirs.warm / warm).toFixed(1)}×`;
  process.stdout.write(
    `${name.padEnd(26)} ${String(first.pairs).padStart(4)} (${theirs.pairs})   ${warm.toFixed(2).padStart(8)} (${theirs.warm?.toFixed(1) ?? '–'})   ${ratio.padStart(8)}   ${first.ms.toFixed(1)} (${theirs.cold?.toFixed(0) ?? '–'})\n`,
  );
}

const begin = performance.now();
const command = spawnSync(
  process.execPath,
  [join(root, 'out/core/cli.js'), 'candidates', folder, '--steps', 'template_similarity', '--json'],
  {
    encoding: 'utf8',
  },
);
const fresh = performance.now() - begin;
if (command.status === 0) {
  const alone = askPython('candidates.py', [
    folder,
    JSON.stringify(searches.slice(0, 1).map(({ name, arguments: words }) => ({ name, arguments: words }))),
    '0',
  ]);
  process.stdout.write(
    `fresh process, template_similarity: ${fresh.toFixed(0)} ms (SpikeInterface ${alone.ms.toFixed(0)} ms, ratio ${(alone.ms / fresh).toFixed(0)}×)\n`,
  );
} else process.stdout.write(`fresh process not measured: ${command.stderr}\n`);
