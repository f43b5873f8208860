/**
 * Measures all pairs within 150 µm of the analyzers that generate.py made, with the application's own evidence, and notes
 * which SpikeInterface presets propose them.
 *
 *   node scripts/train-offline-judge/features.ts RECORDINGS_FOLDER TABLE.jsonl
 *
 * Then writes TABLE.csv beside it: what the model is given, column by column, empty where missing.
 *
 * One line per pair: recording, set, units, same (whether one cell), evidence by id, presets. Recordings already in the table
 * are kept. A pair is left out where a unit holds between 30 % and 50 % of the cell it is nearest to: neither answer is right.
 */
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openAnalyzer } from '../../app/analyzer/open.ts';
import type { AnalyzerView } from '../../app/analyzer/view.ts';
import { presets } from '../../app/candidates/presets.ts';
import { findCandidates } from '../../app/candidates/run.ts';
import { measurePair } from '../../app/evidence/measure.ts';
import { isFailure } from '../../app/failure.ts';
import { modelFeatures } from '../../app/judges/offline/model-features.ts';
import { diskSource } from '../../main/core/files/disk-source.ts';
import { sha256 } from '../../main/core/files/sha256.ts';
import { type Row, readTable } from './table.ts';

interface GroundTruth {
  readonly recipe: { readonly name: string; readonly set: string; readonly kind: string };
  readonly units: Readonly<Record<string, { readonly cell: number | null; readonly purity: number }>>;
}

const farthestUm = 150;
const pure = 0.5;
const foreign = 0.3;

const [recordings, table] = process.argv.slice(2).map((path) => resolve(path));
const done = new Set(existsSync(table) ? readTable(table).map(({ recording }) => recording) : []);

for (const name of readdirSync(recordings).sort()) {
  const folder = join(recordings, name);
  if (done.has(name) || !existsSync(join(folder, 'ground_truth.json'))) continue;
  const truth = JSON.parse(readFileSync(join(folder, 'ground_truth.json'), 'utf8')) as GroundTruth;
  const view = await openAnalyzer(diskSource(join(folder, 'analyzer')), { sha256 });
  const proposed = new Map<string, Set<string>>();
  for (const { id } of presets) {
    const pairs = await proposals(view, id);
    proposed.set(id, new Set(pairs.map(([first, second]) => `${Math.min(first, second)} ${Math.max(first, second)}`)));
  }
  const lines: string[] = [];
  let same = 0;
  for (let first = 0; first < view.unitIds.length; first += 1) {
    for (let second = first + 1; second < view.unitIds.length; second += 1) {
      const a = truth.units[String(view.unitIds[first])];
      const b = truth.units[String(view.unitIds[second])];
      const oneCell = a.cell !== null && a.cell === b.cell;
      if (oneCell && Math.min(a.purity, b.purity) < pure && Math.min(a.purity, b.purity) >= foreign) continue;
      const evidence = await measurePair(view, { first, second });
      const distanceUm = evidence['unit_distance_um'] ?? evidence['peak_channel_distance_um'] ?? Number.POSITIVE_INFINITY;
      if (!(distanceUm <= farthestUm)) continue;
      const isSame = oneCell && Math.min(a.purity, b.purity) >= pure;
      if (isSame) same += 1;
      lines.push(
        JSON.stringify({
          recording: name,
          set: truth.recipe.set,
          kind: truth.recipe.kind,
          units: [view.unitIds[first], view.unitIds[second]],
          same: isSame,
          presets: presets.filter(({ id }) => proposed.get(id)?.has(`${first} ${second}`)).map(({ id }) => id),
          evidence,
        } satisfies Row),
      );
    }
  }
  await view.close();
  appendFileSync(table, `${lines.join('\n')}\n`);
  process.stdout.write(`${name}: ${lines.length} pairs, ${same} of one cell\n`);
}

/** A preset proposes nothing where the analyzer lacks an extension, or where it stops as SpikeInterface's does. */
async function proposals(of: AnalyzerView, preset: string): Promise<readonly (readonly number[])[]> {
  try {
    return (await findCandidates(of, { preset, resolveGraph: false }, { now: () => performance.now() })).pairs;
  } catch (error) {
    if (isFailure(error, 'analyzer.missingExtension') || isFailure(error, 'input.invalid')) return [];
    throw error;
  }
}

const head = ['recording', 'set', 'kind', 'first', 'second', 'same', ...presets.map(({ id }) => id), ...modelFeatures.map(({ id }) => id)];
const body = readTable(table).map((row) =>
  [
    row.recording,
    row.set,
    row.kind,
    ...row.units,
    Number(row.same),
    ...presets.map(({ id }) => Number(row.presets.includes(id))),
    ...modelFeatures.map((feature) => feature.value(row.evidence) ?? ''),
  ].join(','),
);
writeFileSync(table.replace(/\.jsonl$/, '.csv'), `${[head.join(','), ...body].join('\n')}\n`);
