// The most memory a fresh process holds for each preset: the built command line against Python with SpikeInterface, and how long
// each takes. SpikeInterface is spared quality_score on large analyzers, where it would not end.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { presets } from '../app/candidates/presets.ts';
import { askPython, benchPython } from './ask-python.ts';

const root = join(import.meta.dirname, '..');
const command = join(root, 'out/core/cli.js');
const folder = process.argv[2] ?? join(root, 'assets/demo/splits');
const spares = process.argv.includes('--without-quality-score');
if (!existsSync(command)) throw new Error('The command line is not built. Build it with: node scripts/build.mjs');

interface Run {
  readonly megabytes: number;
  readonly seconds: number;
  readonly out: string;
}

const searches = [
  { name: 'template_similarity', steps: ['template_similarity'], words: ['--steps', 'template_similarity'] },
  ...presets.map(({ id, steps }) => ({ name: id, steps: [...steps] as string[], words: ['--preset', id] })),
];
const figure = (ours: number, theirs: number, digits: number) =>
  `${ours.toFixed(digits).padStart(8)} (${theirs.toFixed(digits)})`.padEnd(20) + `${(theirs / ours).toFixed(1)}×`.padStart(7);

process.stdout.write(`${'preset'.padEnd(26)} pairs (SI)      memory MB (SI)       ratio   seconds (SI)         ratio\n`);
for (const { name, steps, words } of searches) {
  const wanted = { preset: null, steps: spares ? steps.filter((step) => step !== 'quality_score') : steps };
  const ours = askPython<Run>('memory.py', [process.execPath, command, 'candidates', folder, ...words, '--json']).answer;
  const theirs = askPython<Run>('memory.py', [
    benchPython(),
    '-B',
    '-W',
    'ignore',
    join(import.meta.dirname, 'memory.py'),
    '--candidates',
    folder,
    JSON.stringify(wanted),
  ]).answer;
  const { groups } = JSON.parse(ours.out) as { groups: unknown[] };
  const there = theirs.out.trimEnd().split('\n').at(-1);
  process.stdout.write(
    `${name.padEnd(26)} ${`${groups.length} (${there})`.padEnd(13)} ${figure(ours.megabytes, theirs.megabytes, 0)}   ${figure(ours.seconds, theirs.seconds, 2)}\n`,
  );
}
