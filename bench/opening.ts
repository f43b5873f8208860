// Opening and listing units against load_sorting_analyzer: the call alone, and the whole command in a fresh process.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { openUnidentified } from '../app/analyzer/open.ts';
import { diskSource } from '../main/core/files/disk-source.ts';
import { askPython, median } from './ask-python.ts';

const root = join(import.meta.dirname, '..');
const folder = process.argv[2] ?? join(root, 'assets/demo/splits');
const repeats = 200;

const times: number[] = [];
for (let run = 0; run < repeats; run += 1) {
  const begin = performance.now();
  const view = await openUnidentified(diskSource(folder));
  if (view.unitIds.length === 0) throw new Error('no unit');
  times.push(performance.now() - begin);
  await view.close();
}
const python = askPython<{ median: number }>('opening.py', [folder, String(repeats)]);
const pythonFresh = askPython('opening.py', [folder, '1']);
const begin = performance.now();
const command = spawnSync(process.execPath, [join(root, 'out/core/cli.js'), 'info', folder, '--json'], { encoding: 'utf8' });
const fresh = performance.now() - begin;
if (command.status !== 0) throw new Error(command.stderr);

process.stdout.write(
  [
    `opening alone:    first ${times[0].toFixed(1)} ms, then ${median(times).toFixed(1)} ms; SpikeInterface ${python.answer.median.toFixed(1)} ms; ratio ${(python.answer.median / median(times)).toFixed(1)}×`,
    `fresh process:    ${fresh.toFixed(0)} ms; SpikeInterface ${pythonFresh.ms.toFixed(0)} ms; ratio ${(pythonFresh.ms / fresh).toFixed(1)}×`,
    '',
  ].join('\n'),
);
