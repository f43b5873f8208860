// Computing extensions from spikes and traces against SpikeInterface with one worker, warm, on a recording made for it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAnalyzer } from '../app/analyzer/open.ts';
import { computeExtensions } from '../main/core/compute/compute-extensions.ts';
import { diskSource } from '../main/core/files/disk-source.ts';
import { sha256 } from '../main/core/files/sha256.ts';
import { askPython, median } from './ask-python.ts';

const [channels = '32', units = '60', seconds = '60'] = process.argv.slice(2);
const repeats = 3;
const extensions: readonly (readonly [string, Record<string, unknown>])[] = [
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

const folder = mkdtempSync(join(tmpdir(), 'samecell-bench-'));
try {
  const { answer: made } = askPython<{ analyzer: string; spikes: number }>('computing.py', [
    'make',
    join(folder, 'made'),
    channels,
    units,
    seconds,
  ]);
  const view = await openAnalyzer(diskSource(made.analyzer), { sha256 });
  const { fingerprint } = view;
  await view.close();
  process.stdout.write(`${units} units, ${channels} channels, ${seconds} s, ${made.spikes} spikes\n`);
  const theirs = askPython<Record<string, { cold: number; warm: number }>>('computing.py', [
    'time',
    made.analyzer,
    JSON.stringify(extensions),
    String(repeats),
  ]).answer;
  process.stdout.write('extension                warm ms (SI)        ratio   first ms (SI)\n');
  for (const [name, params] of extensions) {
    const times: number[] = [];
    for (let run = 0; run <= repeats; run += 1) {
      const [computed] = (
        await computeExtensions({
          analyzerFolder: made.analyzer,
          storeFolder: join(folder, 'computed'),
          fingerprint,
          extensions: [name],
          params: { [name]: params },
          recordingFolder: undefined,
        })
      ).slice(-1);
      times.push(computed.ms);
    }
    const warm = median(times.slice(1));
    process.stdout.write(
      `${name.padEnd(22)} ${warm.toFixed(1).padStart(8)} (${theirs[name].warm.toFixed(1)})   ${`${(theirs[name].warm / warm).toFixed(2)}×`.padStart(8)}   ${times[0].toFixed(1)} (${theirs[name].cold.toFixed(0)})\n`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
