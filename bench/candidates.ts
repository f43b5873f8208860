// Candidates against SpikeInterface's compute_merge_unit_groups: every step and every preset, in turn with SpikeInterface so that
// both meet the same machine. Extensions and spikes are read before on both sides: the search itself is compared.
import { join } from 'node:path';
import { openAnalyzer } from '../app/analyzer/open.ts';
import type { AnalyzerView } from '../app/analyzer/view.ts';
import { presets } from '../app/candidates/presets.ts';
import { candidateSteps } from '../app/candidates/registry.ts';
import { findCandidates } from '../app/candidates/run.ts';
import { diskSource } from '../main/core/files/disk-source.ts';
import { sha256 } from '../main/core/files/sha256.ts';
import { median, talkToPython } from './ask-python.ts';

const root = join(import.meta.dirname, '..');
const folders =
  process.argv.length > 2 ? process.argv.slice(2) : [join(root, 'assets/demo/splits'), join(root, 'test/fixtures/analyzers/multisegment')];
const rounds = 3;
const repeats = 5;
const warmUps = 30;
const settleMs = 40;

interface Search {
  readonly name: string;
  readonly steps: readonly string[] | undefined;
}

/** Steps that only work after another one are timed together with it. */
const comesAfter: Readonly<Record<string, string>> = {
  cross_contamination: 'remove_contaminated',
  quality_score: 'remove_contaminated',
  slay_score: 'template_similarity',
};

const searches: readonly Search[] = [
  ...candidateSteps.map(({ id }) => {
    const before = comesAfter[id];
    return before === undefined ? { name: id, steps: [id] } : { name: `${before} + ${id}`, steps: [before, id] };
  }),
  ...presets.map(({ id }) => ({ name: id, steps: undefined })),
];

async function load(folder: string): Promise<AnalyzerView> {
  const view = await openAnalyzer(diskSource(folder), { sha256 });
  for (const { name, known } of view.summary.extensions) {
    if (known && name !== 'waveforms' && name !== 'principal_components') await view.extension(name as 'templates').catch(() => undefined);
  }
  await view.spikes();
  // What reading left behind is collected before the search begins, as it is when a person opens an analyzer and then searches.
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  return view;
}

async function timed(view: AnalyzerView, { name, steps }: Search): Promise<{ ms: number; pairs: number }> {
  const begin = performance.now();
  const found = await findCandidates(view, { preset: name, steps, resolveGraph: false }, { now: () => performance.now() });
  return { ms: performance.now() - begin, pairs: found.pairs.length };
}

interface Answer {
  readonly pairs: number | string;
  readonly freshly: number[];
  readonly again: number[];
}

const python = talkToPython<Answer>('candidates.py');
const column = (text: string | number, width: number) => String(text).padStart(width);
const compared = (ours: readonly number[], theirs: readonly number[]): string => {
  const [left, right] = [median(ours), theirs.length > 0 ? median(theirs) : Number.NaN];
  return `${column(left.toFixed(2), 9)} (${right.toFixed(2)})`.padEnd(22) + column(`${(right / left).toFixed(1)}×`, 8);
};

for (const folder of folders) {
  process.stdout.write(`${folder}\n${'search'.padEnd(42)} pairs (SI)   freshly opened ms (SI)  ratio   again ms (SI)         ratio\n`);
  for (const search of searches) {
    const wanted = search.steps === undefined ? { preset: search.name } : { preset: null, steps: search.steps };
    const question = { folder, arguments: wanted, repeats };
    await python.ask({ ...question, repeats: 1 });
    // numba's code is compiled by then; V8's is after some runs.
    for (let run = 0; run < warmUps; run += 1) {
      const view = await load(folder);
      await timed(view, search);
      await timed(view, search);
      await view.close();
    }
    const ours: { freshly: number[]; again: number[] } = { freshly: [], again: [] };
    const theirs: typeof ours = { freshly: [], again: [] };
    let pairs = 0;
    let pairsThere: number | string = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (let run = 0; run < repeats; run += 1) {
        const view = await load(folder);
        const first = await timed(view, search);
        ours.freshly.push(first.ms);
        ours.again.push((await timed(view, search)).ms);
        pairs = first.pairs;
        await view.close();
      }
      const answer = await python.ask(question);
      theirs.freshly.push(...answer.freshly);
      theirs.again.push(...answer.again);
      pairsThere = answer.pairs;
    }
    process.stdout.write(
      `${search.name.padEnd(42)} ${column(pairs, 5)} (${pairsThere})`.padEnd(56) +
        `${compared(ours.freshly, theirs.freshly)}${compared(ours.again, theirs.again)}\n`,
    );
  }
}
python.end();
