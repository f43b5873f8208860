// Computing extensions from spikes and traces against SpikeInterface, on a recording made for it: its n_jobs is the last
// argument, ours is one thread. Times are the shortest of six, without the first; processor time counts all threads and
// processes. SpikeInterface has the waveforms in memory, Samecell reads them from its files; it remembers noise levels with
// the recording, so only its first time counts there.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { computationOf } from '../app/analyzer/compute/extensions/registry.ts';
import { openAnalyzer } from '../app/analyzer/open.ts';
import { computeExtensions } from '../main/core/compute/compute-extensions.ts';
import { createComputedStore } from '../main/core/compute/computed-store.ts';
import { findRecording } from '../main/core/compute/find-recording.ts';
import { diskSource } from '../main/core/files/disk-source.ts';
import { sha256 } from '../main/core/files/sha256.ts';
import { askPython } from './ask-python.ts';

const [channels = '32', units = '60', seconds = '60', only = '', workers = '1'] = process.argv.slice(2);
const repeats = 6;
const all: readonly (readonly [string, Record<string, unknown>])[] = [
  ['correlograms', {}],
  ['isi_histograms', {}],
  ['noise_levels', { random_slices_kwargs: { seed: 0 } }],
  ['waveforms', {}],
  ['templates', {}],
  ['spike_amplitudes', {}],
  ['spike_locations', {}],
  ['principal_components', {}],
  ['template_similarity', {}],
  ['unit_locations', {}],
];
const wanted = only.split(',');
const extensions = all.filter(([name]) => only === '' || wanted.includes(name) || name === 'templates');

interface Spent {
  readonly wall: number;
  readonly processor: number;
}

/** The shortest time of the runs after the first, or of the first alone. */
function shortest(runs: readonly Spent[], kind: keyof Spent, first = false): number {
  return first ? runs[0][kind] : Math.min(...runs.slice(1).map((run) => run[kind]));
}

function compared(ours: number, theirs: number): string {
  return `${`${ours.toFixed(1)} (${theirs.toFixed(1)})`.padStart(19)} ${`${(theirs / ours).toFixed(2)}×`.padStart(7)}`;
}

const folder = mkdtempSync(join(tmpdir(), 'samecell-bench-'));
try {
  const made = askPython<{ analyzer: string; spikes: number }>('computing.py', [
    'make',
    join(folder, 'made'),
    channels,
    units,
    seconds,
  ]).answer;
  const store = createComputedStore(join(folder, 'computed'));
  const open = () => openAnalyzer(diskSource(made.analyzer), { sha256, computed: store.sourceFor });
  const { sourceFingerprint: fingerprint } = await open();
  await computeExtensions({
    analyzerFolder: made.analyzer,
    storeFolder: store.folder,
    fingerprint,
    extensions: ['waveforms', 'templates'],
    params: {},
    recordingFolder: undefined,
  });
  process.stdout.write(`${units} units, ${channels} channels, ${seconds} s, ${made.spikes} spikes\n`);
  const words = ['time', made.analyzer, JSON.stringify(extensions), String(repeats), workers];
  const theirs = askPython<Record<string, Spent[]>>('computing.py', words).answer;
  process.stdout.write(`SpikeInterface with n_jobs=${workers}\n`);
  process.stdout.write('extension              processor ms (SI)   ratio       wall ms (SI)   ratio   first wall ms (SI)\n');
  const view = await open();
  const traces = await findRecording(made.analyzer, undefined);
  for (const [name, params] of extensions) {
    const computation = computationOf(name);
    if (computation === undefined) continue;
    const ours: Spent[] = [];
    for (let run = 0; run <= repeats; run += 1) {
      const [begin, used] = [performance.now(), process.cpuUsage()];
      const { arrays } = await computation.run({ view, traces }, computation.params.parse(params));
      for (const { content } of arrays) if (!(content instanceof Uint8Array)) for await (const _ of content);
      const { user, system } = process.cpuUsage(used);
      ours.push({ wall: performance.now() - begin, processor: (user + system) / 1000 });
    }
    const remembered = name === 'noise_levels';
    const [processor, wall] = (['processor', 'wall'] as const).map((kind) =>
      compared(shortest(ours, kind), shortest(theirs[name], kind, remembered)),
    );
    process.stdout.write(`${name.padEnd(20)}${processor}${wall}   ${ours[0].wall.toFixed(0)} (${theirs[name][0].wall.toFixed(0)})\n`);
  }
  await traces.close();
  await view.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
