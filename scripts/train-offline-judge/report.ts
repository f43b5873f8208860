/**
 * Holds the offline judge, as it is in the application, against the recordings of one set (`final` or `unlike`), beside every SpikeInterface
 * preset on the same pairs, as Markdown; and keeps whole recordings of it for the test.
 *
 *   node scripts/train-offline-judge/report.ts TABLE.jsonl final|unlike [--keep test/fixtures/offline-judge/held-out.csv NAME ...]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { presets } from '../../app/candidates/presets.ts';
import { modelFeatures } from '../../app/judges/offline/model-features.ts';
import { pairOpinion } from '../../app/judges/offline/pair-opinion.ts';
import { type Row, readTable } from './table.ts';

interface Judged extends Row {
  readonly word: string;
  readonly probability: number;
}

interface Quality {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

const [table, set, , file, ...kept] = process.argv.slice(2);
const rows: Judged[] = readTable(table)
  .filter((row) => row.set === set)
  .map((row) => {
    const { word, probability } = pairOpinion(row.evidence);
    return { ...row, word, probability };
  });
const recordings = [...new Set(rows.map((row) => row.recording))].sort();

function quality(of: readonly Judged[], chosen: (row: Judged) => boolean): Quality {
  const proposed = of.filter(chosen);
  const hits = proposed.filter((row) => row.same).length;
  const all = of.filter((row) => row.same).length;
  return { precision: hits / proposed.length, recall: hits / all, f1: (2 * hits) / (proposed.length + all) };
}

/** Mean over the recordings where it is defined. */
function mean(values: readonly number[]): number {
  const said = values.filter((value) => !Number.isNaN(value));
  return said.reduce((sum, value) => sum + value, 0) / said.length;
}

function rocAuc(of: readonly Judged[]): number {
  const sorted = [...of].sort((a, b) => a.probability - b.probability);
  let ranks = 0;
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && sorted[to].probability === sorted[from].probability) to += 1;
    for (let place = from; place < to; place += 1) if (sorted[place].same) ranks += (from + 1 + to) / 2;
    from = to;
  }
  const positive = sorted.filter((row) => row.same).length;
  return (ranks - (positive * (positive + 1)) / 2) / (positive * (sorted.length - positive));
}

function calibrationError(of: readonly Judged[]): number {
  let error = 0;
  for (let bin = 0; bin < 10; bin += 1) {
    const inside = of.filter((row) => Math.min(9, Math.floor(row.probability * 10)) === bin);
    const gap = inside.reduce((sum, row) => sum + row.probability - Number(row.same), 0);
    error += Math.abs(gap) / of.length;
  }
  return error;
}

const show = (value: number) => (Number.isNaN(value) ? '–' : value.toFixed(2));
const contenders: { name: string; chosen: (row: Judged) => boolean }[] = [
  { name: '**offline judge**', chosen: (row) => row.word === 'merge' },
  ...presets.map(({ id }) => ({ name: `\`${id}\``, chosen: (row: Judged) => row.presets.includes(id) })),
];
const lines = [
  '| | precision (mean) | recall (mean) | F1 (mean) | precision (pooled) | recall (pooled) | F1 (pooled) |',
  '|---|---|---|---|---|---|---|',
];
for (const { name, chosen } of contenders) {
  const each = recordings.map((recording) =>
    quality(
      rows.filter((row) => row.recording === recording),
      chosen,
    ),
  );
  const pooled = quality(rows, chosen);
  const means = (['precision', 'recall', 'f1'] as const).map((key) => mean(each.map((one) => one[key])));
  lines.push(
    `| ${[name, ...[...means, pooled.precision, pooled.recall, pooled.f1].map((value) => (Number.isNaN(value) ? '–' : value.toFixed(3)))].join(' | ')} |`,
  );
}
const undecided = rows.filter((row) => row.probability > 0.02 && row.probability < 0.98);
const count = (of: readonly Judged[], word: string) => of.filter((row) => row.word === word).length;
const same = rows.filter((row) => row.same);
const other = rows.filter((row) => !row.same);
lines.push(
  '',
  `${rows.length} pairs, ${same.length} of one cell, ${recordings.length} recordings. ROC-AUC ${rocAuc(rows).toFixed(4)}; expected calibration error ${calibrationError(rows).toFixed(4)} over all pairs, ${calibrationError(undecided).toFixed(3)} over the ${undecided.length} between 2 % and 98 %.`,
  `Pairs of one cell: ${count(same, 'merge')} merge, ${count(same, 'unsure')} unsure, ${count(same, 'not merge')} not merge. Others: ${count(other, 'merge')}, ${count(other, 'unsure')}, ${count(other, 'not merge')}.`,
  '',
  '| recording | pairs | of one cell | precision | recall | F1 | best preset there (F1) |',
  '|---|---|---|---|---|---|---|',
);
for (const recording of recordings) {
  const own = rows.filter((row) => row.recording === recording);
  const judge = quality(own, contenders[0].chosen);
  const best = Math.max(...contenders.slice(1).map(({ chosen }) => quality(own, chosen).f1));
  const numbers = [judge.precision, judge.recall, judge.f1, best].map(show);
  lines.push(`| ${[recording, own.length, own.filter((row) => row.same).length, ...numbers].join(' | ')} |`);
}
process.stdout.write(`${lines.join('\n')}\n`);

if (file) {
  const columns = [
    ...new Set([...modelFeatures.flatMap(({ from }) => from), 'ccg_expected_count', 'spike_count_first', 'spike_count_second']),
  ];
  const round = (value: number | null | undefined) => (value === null || value === undefined ? '' : Number(value.toPrecision(6)));
  const body = rows
    .filter((row) => kept.includes(row.recording))
    .map((row) =>
      [row.recording, Number(row.same), row.word, row.probability.toFixed(5), ...columns.map((id) => round(row.evidence[id]))].join(','),
    );
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${[['recording', 'same', 'word', 'probability', ...columns].join(','), ...body].join('\n')}\n`);
}
