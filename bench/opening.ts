// Opening and listing units against load_sorting_analyzer: the call alone, and the whole command in a fresh process.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { openUnidentified } from '../app/analyzer/open.ts';
import { diskSource } from '../main/core/files/disk-source.ts';
import { askPython, median } from './ask-python.ts';

const root = join(import.meta.dirname, '..');
const folders = process.argv.length > 2 ? process.argv.slice(2) : [join(root, 'assets/demo/splits')];
const repeats = 600;
const freshRepeats = 7;

for (const folder of folders) {
  const times: number[] = [];
  for (let run = 0; run < repeats; run += 1) {
    const begin = performance.now();
    const view = await openUnidentified(diskSource(folder));
    if (view.unitIds.length === 0) throw new Error('no unit');
    times.push(performance.now() - begin);
    await view.close();
  }
  const warm = (how: 'plain' | 'bare') => askPython<{ median: number }>('opening.py', [folder, String(repeats), how]).answer.median;
  const alone = median(times);
  const againstWarm = (theirs: number) => `${theirs.toFixed(1)} ms, ratio ${(theirs / alone).toFixed(1)}×`;

  // In turns, so that a busy machine slows all alike.
  const fresh: Record<'ours' | 'plain' | 'bare', number[]> = { ours: [], plain: [], bare: [] };
  for (let run = 0; run < freshRepeats; run += 1) {
    fresh.ours.push(freshCommand(folder));
    for (const how of ['plain', 'bare'] as const) fresh[how].push(askPython('opening.py', [folder, '1', how]).ms);
  }
  const own = median(fresh.ours);
  const against = (how: 'plain' | 'bare') => `${median(fresh[how]).toFixed(0)} ms, ratio ${(median(fresh[how]) / own).toFixed(1)}×`;
  process.stdout.write(
    [
      folder,
      `  opening alone: first ${times[0].toFixed(1)} ms, then ${alone.toFixed(1)} ms; SpikeInterface as it is: ${againstWarm(warm('plain'))}; no extensions: ${againstWarm(warm('bare'))}`,
      `  fresh process: ${own.toFixed(0)} ms; SpikeInterface as it is: ${against('plain')}; no extensions: ${against('bare')}`,
      '',
    ].join('\n'),
  );
}

function freshCommand(folder: string): number {
  const begin = performance.now();
  const command = spawnSync(process.execPath, [join(root, 'out/core/cli.js'), 'info', folder, '--json'], { encoding: 'utf8' });
  const ms = performance.now() - begin;
  if (command.status !== 0) throw new Error(command.stderr);
  return ms;
}
