// Milliseconds and kilobytes of the model's pictures, warm, on one core and on two, beside SpikeInterface's widgets with matplotlib.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openAnalyzer } from '../app/analyzer/open.ts';
import { findCandidates } from '../app/candidates/run.ts';
import { plotFeatures } from '../app/plots/registry.ts';
import { createDrawer } from '../main/core/draw/drawer.ts';
import { diskSource } from '../main/core/files/disk-source.ts';
import { sha256 } from '../main/core/files/sha256.ts';
import { askPython, benchPackages, median } from './ask-python.ts';

// `--rate THREADS` is this script asking itself, on as many cores as it was given.
const rateAt = process.argv.indexOf('--rate');
const threadsToRate = rateAt < 0 ? undefined : Number(process.argv[rateAt + 1]);
const folder = (rateAt === 2 ? undefined : process.argv[2]) ?? join(import.meta.dirname, '..', 'assets/demo/splits');
const view = await openAnalyzer(diskSource(folder), { sha256 });
const search = { steps: ['template_similarity'], params: { template_similarity: { template_diff_thresh: 0.5 } }, resolveGraph: false };
const pairs = (await findCandidates(view, search, { now: () => performance.now() })).pairs.slice(0, 16);
if (pairs.length === 0) throw new Error('No pair to draw.');
/** The first two warm the compiler up: a run draws thousands. */
const rounds = 6;
const warmUps = 2;
const four = ['waveform_single', 'amplitude_plot', 'crosscorrelograms', 'pca_clustering'];
/** Pairs a second with so many drawing threads, loading and drawing by turns. */
async function pairsPerSecond(threads: number): Promise<number> {
  const many = createDrawer({ threads });
  const features = plotFeatures.filter(({ id }) => four.includes(id));
  const draw = async (units: readonly number[]) => {
    for (const feature of features) await many.draw(feature.id, await feature.load(view, { units, labels: ['A', 'B'] }));
  };
  const rates: number[] = [];
  // Each thread draws as many, for as long, so that its code is as warm and what is left over at the end counts as little.
  const count = 3 * threads * pairs.length;
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    let next = 0;
    const worker = async () => {
      while (next < count) {
        next += 1;
        await draw(pairs[next % pairs.length]);
      }
    };
    await Promise.all(Array.from({ length: threads + 1 }, worker));
    rates.push((1000 * count) / (performance.now() - begin));
  }
  await many.close();
  return median(rates.slice(warmUps));
}

if (threadsToRate !== undefined) {
  process.stdout.write(JSON.stringify(await pairsPerSecond(threadsToRate)));
  await view.close();
  process.exit();
}

/** The same in a process that may use only these cores, with a thread for each. */
function rateOn(cores: readonly number[]): number | undefined {
  const words = ['-c', cores.join(','), process.execPath, import.meta.filename, folder, '--rate', String(cores.length)];
  const run = spawnSync('taskset', words, { encoding: 'utf8' });
  return run.status === 0 ? JSON.parse(run.stdout) : undefined;
}

const perFeature = new Map<string, number>();
/** Time of the processor in every thread: what counts where other work shares the machine. */
const processorPerFeature = new Map<string, number>();
let perPair = 0;
const drawer = createDrawer({ threads: 1 });

process.stdout.write('feature              load ms   draw ms   first ms   KB\n');
for (const feature of plotFeatures) {
  const loads: number[] = [];
  const draws: number[] = [];
  const sizes: number[] = [];
  let used = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) {
    if (round === warmUps) used = process.cpuUsage();
    for (const units of pairs) {
      const begin = performance.now();
      const data = await feature.load(view, { units, labels: ['A', 'B'] });
      const loaded = performance.now();
      const picture = await drawer.draw(feature.id, data);
      draws.push(performance.now() - loaded);
      loads.push(loaded - begin);
      sizes.push(picture.bytes.byteLength);
    }
  }
  const warmDraws = draws.slice(warmUps * pairs.length);
  const warmLoads = loads.slice(warmUps * pairs.length);
  const ms = median(warmDraws.map((draw, i) => draw + warmLoads[i]));
  perFeature.set(feature.id, ms);
  const { user, system } = process.cpuUsage(used);
  processorPerFeature.set(feature.id, (user + system) / 1000 / warmDraws.length);
  perPair += ms;
  process.stdout.write(
    `${feature.id.padEnd(20)} ${median(warmLoads).toFixed(1).padStart(7)} ${median(warmDraws).toFixed(1).padStart(9)} ${(loads[0] + draws[0]).toFixed(0).padStart(10)} ${(median(sizes) / 1024).toFixed(0).padStart(4)}\n`,
  );
}
process.stdout.write(`all ${plotFeatures.length} features of a pair, warm: ${perPair.toFixed(0)} ms\n`);
await drawer.close();

const one = rateOn([0]);
const two = rateOn([0, 1]);
process.stdout.write(
  one === undefined || two === undefined
    ? 'cores are not compared: this needs taskset and two cores\n'
    : `the tutorial's four, pairs a second: ${one.toFixed(1)} on one core, ${two.toFixed(1)} on two (${(two / one).toFixed(2)}×)\n`,
);

const own = four.reduce((sum, id) => sum + (perFeature.get(id) ?? 0), 0);
if (existsSync(benchPackages)) {
  const ids = pairs.map((units) => units.map((unit) => view.unitIds[unit]));
  const { answer } = askPython<Record<string, { ms: number; processorMs: number; bytes: number }>>('pictures.py', [
    folder,
    JSON.stringify(ids),
    '2',
  ]);
  process.stdout.write('feature              ms (SI, matplotlib)   ratio   KB (SI)\n');
  for (const id of four) {
    const { ms, bytes } = answer[id];
    const mine = perFeature.get(id) ?? Number.NaN;
    process.stdout.write(
      `${id.padEnd(20)} ${mine.toFixed(1).padStart(6)} (${ms.toFixed(0).padStart(4)})          ${(ms / mine).toFixed(1).padStart(5)}×   (${(bytes / 1024).toFixed(0)})\n`,
    );
  }
  const theirs = four.reduce((sum, id) => sum + answer[id].ms, 0);
  process.stdout.write(
    `the four of a pair on one core: ${own.toFixed(0)} ms (${theirs.toFixed(0)} ms), ratio ${(theirs / own).toFixed(1)}×\n`,
  );
  const ownProcessor = four.reduce((sum, id) => sum + (processorPerFeature.get(id) ?? 0), 0);
  const theirProcessor = four.reduce((sum, id) => sum + answer[id].processorMs, 0);
  process.stdout.write(
    `of the processor: ${ownProcessor.toFixed(0)} ms (${theirProcessor.toFixed(0)} ms), ratio ${(theirProcessor / ownProcessor).toFixed(1)}×\n`,
  );
} else process.stdout.write('SpikeInterface’s widgets are not measured: matplotlib is missing, see bench/README.md.\n');
await view.close();
