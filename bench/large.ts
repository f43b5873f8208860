// Every preset on the 500-unit, 384-channel, 5-million-spike analyzer of make_large.py, cold in one process, and all 500×500
// correlograms against SpikeInterface's numba in the same run. SpikeInterface's own presets do not end in 240 s there: pairs are
// held against its presets without quality_score, its single steps, and quality_score of some pairs.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allCorrelograms, correlogramBins } from '../app/analyzer/compute/correlograms.ts';
import { openAnalyzer } from '../app/analyzer/open.ts';
import { presets } from '../app/candidates/presets.ts';
import { candidateSteps } from '../app/candidates/registry.ts';
import { findCandidates } from '../app/candidates/run.ts';
import { ifMerged } from '../app/evidence/if-merged.ts';
import { measurePair } from '../app/evidence/measure.ts';
import { diskSource } from '../main/core/files/disk-source.ts';
import { sha256 } from '../main/core/files/sha256.ts';
import { askPython, makeOnce, median, talkToPython } from './ask-python.ts';

const folder = process.argv.slice(2).find((word) => !word.startsWith('--')) ?? join(tmpdir(), 'samecell-large');
/** SpikeInterface is given up on after so much processor time. */
const patienceS = 300;
/** Steps that only work after another, and nearest neighbours of all pairs, which the preset asks of near ones already. */
const leftOut: readonly string[] = ['cross_contamination', 'quality_score', 'slay_score', 'knn'];
const sampledPairs = 200;
/** Seconds of one core: on a machine that others use the wall clock says little. */
const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const write = (text: string) => process.stdout.write(text);
const megabytes = () => Math.round(process.memoryUsage().rss / 2 ** 20);

makeOnce('make_large.py', folder);

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

if (!process.argv.includes('--alone')) await holdPairs();

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

type Pairs = readonly (readonly [number, number])[];
type PairAnswer = { readonly pairs: Pairs; readonly ms: number } | { readonly error: string };
type ScoreAnswer = { readonly improved: readonly boolean[]; readonly ms: number } | { readonly error: string };

/** Which pairs differ between the two: of the nearest neighbours those that a tie decides, otherwise none. */
async function holdPairs(): Promise<void> {
  const python = talkToPython<PairAnswer & ScoreAnswer>('large_pairs.py');
  const searches: { name: string; steps: readonly string[] }[] = presets.map(({ id, steps }) => ({
    name: steps.includes('quality_score' as never) ? `${id} without quality_score` : id,
    steps: steps.filter((step) => step !== 'quality_score'),
  }));
  for (const { id } of candidateSteps) if (!leftOut.includes(id)) searches.push({ name: id, steps: [id] });
  write('\nsteps                                          pairs  those of SpikeInterface              CPU s (SI)\n');
  for (const { name, steps } of searches) {
    const at = await openAnalyzer(diskSource(folder), { sha256 });
    const before = cpuSeconds();
    const { pairs } = await findCandidates(at, { steps, resolveGraph: false }, { now: () => performance.now() });
    const spent = cpuSeconds() - before;
    await at.close();
    const there: PairAnswer = await python.ask({ folder, steps, seconds: patienceS });
    const said = 'error' in there ? there.error : compared(pairs, there.pairs);
    const theirs = 'error' in there ? '' : (there.ms / 1000).toFixed(2);
    write(`${name.padEnd(44)} ${String(pairs.length).padStart(7)}  ${said.padEnd(34)} ${spent.toFixed(2)} (${theirs})\n`);
  }
  const at = await openAnalyzer(diskSource(folder), { sha256 });
  const count = at.unitIds.length;
  const near = await findCandidates(at, { steps: ['unit_locations'], resolveGraph: false }, { now: () => performance.now() });
  const every = Math.max(1, Math.floor(near.pairs.length / sampledPairs));
  const asked = near.pairs.filter((_, index) => index % every === 0).slice(0, sampledPairs);
  // Nothing is contaminated enough to be dropped: quality_score alone decides.
  const params = { remove_contaminated: { contamination_thresh: 1 } };
  const steps = ['remove_contaminated', 'unit_locations', 'quality_score'];
  const kept = await findCandidates(at, { steps, params, resolveGraph: false }, { now: () => performance.now() });
  await at.close();
  const isKept = new Set(kept.pairs.map(([first, second]) => first * count + second));
  const there: ScoreAnswer = await python.ask({ folder, improved: asked });
  if ('error' in there) throw new Error(there.error);
  const differing = asked.filter(([first, second], index) => isKept.has(first * count + second) !== there.improved[index]).length;
  const better = there.improved.filter(Boolean).length;
  write(`quality_score of ${asked.length} pairs: ${better} better when merged there, ${differing} decided otherwise here\n\n`);
  python.end();
}

function compared(ours: Pairs, theirs: Pairs): string {
  const names = (pairs: Pairs) => new Set(pairs.map((pair) => pair.join(' ')));
  const [here, there] = [names(ours), names(theirs)];
  const more = [...here].filter((pair) => !there.has(pair)).length;
  const fewer = [...there].filter((pair) => !here.has(pair)).length;
  return more + fewer === 0 ? `${theirs.length}, the same` : `${theirs.length}; ${more} only here, ${fewer} only there`;
}
