// Every preset on the 500-unit, 384-channel, 5-million-spike analyzer of make_large.py, cold in one process, and all 500×500
// correlograms against SpikeInterface's numba in the same run. SpikeInterface's own presets do not end in 240 s there.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allCorrelograms, correlogramBins } from '../app/analyzer/compute/correlograms.ts';
import { openAnalyzer } from '../app/analyzer/open.ts';
import { presets } from '../app/candidates/presets.ts';
import { findCandidates } from '../app/candidates/run.ts';
import { ifMerged } from '../app/evidence/if-merged.ts';
import { measurePair } from '../app/evidence/measure.ts';
import { diskSource } from '../main/core/files/disk-source.ts';
import { sha256 } from '../main/core/files/sha256.ts';
import { interopPython } from '../scripts/interop-setup.mjs';
import { askPython, median } from './ask-python.ts';

const folder = process.argv[2] ?? join(tmpdir(), 'samecell-large');
/** Seconds of one core: on a machine that others use the wall clock says little. */
const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const write = (text: string) => process.stdout.write(text);
const megabytes = () => Math.round(process.memoryUsage().rss / 2 ** 20);

if (!existsSync(folder)) {
  const python = interopPython('si105');
  if (python === undefined) throw new Error('The Python environment is not there. Make it with: node scripts/interop-setup.mjs');
  const made = spawnSync(python, [join(import.meta.dirname, 'make_large.py'), folder], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
}

write('preset                     pairs      s  CPU s  memory MB   steps\n');
for (const { id } of presets) {
  const view = await openAnalyzer(diskSource(folder), { sha256 });
  const before = cpuSeconds();
  const found = await findCandidates(view, { preset: id, resolveGraph: false }, { now: () => performance.now() });
  const steps = found.steps.map((step) => `${step.id} ${step.out} in ${(step.ms / 1000).toFixed(2)} s`).join(', ');
  write(
    `${id.padEnd(26)} ${String(found.pairs.length).padStart(5)} ${(found.ms / 1000).toFixed(2).padStart(6)} ${(cpuSeconds() - before).toFixed(2).padStart(6)} ${String(megabytes()).padStart(7)}   ${steps}\n`,
  );
  await view.close();
}

const view = await openAnalyzer(diskSource(folder), { sha256 });
await measurePair(view, { first: 1, second: 2 });
const evidence: number[] = [];
const previews: number[] = [];
for (let first = 0; first < 40; first += 2) {
  const begin = performance.now();
  await measurePair(view, { first, second: 400 + first });
  const measured = performance.now();
  await ifMerged(view, [first, 400 + first], { censorMs: 0.3 });
  evidence.push(measured - begin);
  previews.push(performance.now() - measured);
}
write(
  `evidence of one pair: ${median(evidence).toFixed(1)} ms; if merged: ${median(previews).toFixed(1)} ms (medians of ${evidence.length})\n`,
);

const bins = correlogramBins(50, 1, view.samplingFrequencyHz);
await view.spikes();
const begin = cpuSeconds();
const counts = await allCorrelograms(view, bins);
const seconds = cpuSeconds() - begin;
let total = 0;
for (const count of counts) total += count;
const theirs = process.argv.includes('--alone')
  ? undefined
  : askPython<{ warm: number; total: number }>('large_correlograms.py', [folder]).answer;
if (theirs && theirs.total !== total) throw new Error(`The counts differ: ${total} here, ${theirs.total} there.`);
write(`500×500 correlograms, CPU of one thread: ${seconds.toFixed(2)} s`);
write(theirs ? ` (numba, one thread: ${theirs.warm.toFixed(2)} s, ratio ${(theirs.warm / seconds).toFixed(1)}×)\n` : '\n');
await view.close();
