// Computing extensions from spikes and traces against SpikeInterface with one worker, on a recording made for it. Both keep
// the results in memory; SpikeInterface remembers noise levels with the recording, so only its first time counts there.
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
import { askPython, median } from './ask-python.ts';

const [channels = '32', units = '60', seconds = '60', only] = process.argv.slice(2);
const repeats = 5;
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
const wanted = only?.split(',');
const extensions = all.filter(([name]) => wanted === undefined || wanted.includes(name) || name === 'templates');

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
  const words = ['time', made.analyzer, JSON.stringify(extensions), String(repeats)];
  const theirs = askPython<Record<string, { cold: number; warm: number }>>('computing.py', words).answer;
  process.stdout.write('extension                warm ms (SI)        ratio   first ms (SI)\n');
  const view = await open();
  const traces = await findRecording(made.analyzer, undefined);
  for (const [name, params] of extensions) {
    const computation = computationOf(name);
    if (computation === undefined) continue;
    const times: number[] = [];
    for (let run = 0; run <= repeats; run += 1) {
      const begin = performance.now();
      const { arrays } = await computation.run({ view, traces }, computation.params.parse(params));
      for (const { content } of arrays) if (!(content instanceof Uint8Array)) for await (const _ of content);
      times.push(performance.now() - begin);
    }
    const warm = median(times.slice(1));
    const their = name === 'noise_levels' ? theirs[name].cold : theirs[name].warm;
    const ratio = `${(their / warm).toFixed(2)}×`;
    process.stdout.write(
      `${name.padEnd(22)} ${warm.toFixed(1).padStart(8)} (${their.toFixed(1)})`.padEnd(46) +
        `${ratio.padStart(8)}   ${times[0].toFixed(1)} (${theirs[name].cold.toFixed(0)})\n`,
    );
  }
  await traces.close();
  await view.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
