// Milliseconds and kilobytes of the model's pictures, warm, one thread.
import { join } from 'node:path';
import { openAnalyzer } from '../app/analyzer/open.ts';
import { findCandidates } from '../app/candidates/run.ts';
import { plotFeatures } from '../app/plots/registry.ts';
import { createDrawer } from '../main/core/draw/drawer.ts';
import { diskSource } from '../main/core/files/disk-source.ts';
import { sha256 } from '../main/core/files/sha256.ts';
import { median } from './ask-python.ts';

const folder = process.argv[2] ?? join(import.meta.dirname, '..', 'assets/demo/splits');
const view = await openAnalyzer(diskSource(folder), { sha256 });
const drawer = createDrawer({ threads: 1 });
const search = { steps: ['template_similarity'], params: { template_similarity: { template_diff_thresh: 0.5 } }, resolveGraph: false };
const pairs = (await findCandidates(view, search, { now: () => performance.now() })).pairs.slice(0, 16);
if (pairs.length === 0) throw new Error('No pair to draw.');
const rounds = 2;
let perPair = 0;

process.stdout.write('feature              load ms   draw ms   first ms   KB\n');
for (const feature of plotFeatures) {
  const loads: number[] = [];
  const draws: number[] = [];
  const sizes: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
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
  const warmDraws = draws.slice(pairs.length);
  const warmLoads = loads.slice(pairs.length);
  perPair += median(warmDraws) + median(warmLoads);
  process.stdout.write(
    `${feature.id.padEnd(20)} ${median(warmLoads).toFixed(1).padStart(7)} ${median(warmDraws).toFixed(1).padStart(9)} ${(loads[0] + draws[0]).toFixed(0).padStart(10)} ${(median(sizes) / 1024).toFixed(0).padStart(4)}\n`,
  );
}
process.stdout.write(`all ${plotFeatures.length} features of a pair, warm: ${perPair.toFixed(0)} ms\n`);
await drawer.close();
await view.close();
