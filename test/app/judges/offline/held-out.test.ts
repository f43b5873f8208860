import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { offlineModel, readModel } from '../../../../app/judges/offline/model.ts';
import { modelFeatures } from '../../../../app/judges/offline/model-features.ts';
import { type PairOpinion, pairOpinion } from '../../../../app/judges/offline/pair-opinion.ts';

interface HeldOut {
  readonly recording: string;
  readonly same: boolean;
  /** What scripts/train-offline-judge/report.ts saw. */
  readonly probability: number;
  readonly numbers: Record<string, number | null>;
  readonly opinion: PairOpinion;
}

/** Every pair within 150 µm of three recordings that the judge was neither trained nor tuned on. */
function heldOut(): HeldOut[] {
  const file = join(import.meta.dirname, '../../../fixtures/offline-judge/held-out.csv');
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const ids = head.split(',').slice(4);
  return lines.map((line) => {
    const [recording, same, , probability, ...values] = line.split(',');
    const numbers = Object.fromEntries(ids.map((id, place) => [id, values[place] === '' ? null : Number(values[place])]));
    return { recording, same: same === '1', probability: Number(probability), numbers, opinion: pairOpinion(numbers) };
  });
}

const rows = heldOut();
const recordings = [...new Set(rows.map((row) => row.recording))];

describe('the offline judge on recordings it never saw', () => {
  it('gives the probabilities that were reported', () => {
    expect(rows.length).toBeGreaterThan(800);
    const moved = rows.filter((row) => Math.abs(row.opinion.probability - row.probability) > 0.001);
    expect(moved.length).toBeLessThanOrEqual(0.01 * rows.length);
  });

  it('proposes merges with a precision of 95 % or more and a mean F1 of 0.8 or more', () => {
    const scores = recordings.map((recording) => {
      const own = rows.filter((row) => row.recording === recording);
      const proposed = own.filter((row) => row.opinion.word === 'merge');
      const hits = proposed.filter((row) => row.same).length;
      return { precision: hits / proposed.length, f1: (2 * hits) / (proposed.length + own.filter((row) => row.same).length) };
    });
    expect(scores).toHaveLength(3);
    for (const { precision, f1 } of scores) {
      expect(precision).toBeGreaterThanOrEqual(0.95);
      expect(f1).toBeGreaterThanOrEqual(0.55);
    }
    expect(scores.reduce((sum, { f1 }) => sum + f1 / scores.length, 0)).toBeGreaterThanOrEqual(0.8);
  });

  it('refuses hardly any pair of one cell', () => {
    const same = rows.filter((row) => row.same);
    expect(same.filter((row) => row.opinion.word === 'not merge').length).toBeLessThanOrEqual(0.05 * same.length);
  });

  it('means its probabilities: expected calibration error below 0.05', () => {
    let error = 0;
    for (let bin = 0; bin < 10; bin += 1) {
      const inside = rows.filter((row) => Math.min(9, Math.floor(row.opinion.probability * 10)) === bin);
      error += Math.abs(inside.reduce((sum, row) => sum + row.opinion.probability - Number(row.same), 0)) / rows.length;
    }
    expect(error).toBeLessThan(0.05);
  });
});

describe('the trained model', () => {
  it('never goes down where a number becomes more favourable, nor up where it becomes less', () => {
    for (const feature of modelFeatures.filter(({ direction, from }) => direction !== 0 && from.length === 1)) {
      const [id] = feature.from;
      for (const { numbers, opinion } of rows.slice(0, 60)) {
        const value = numbers[id];
        if (value === null) continue;
        const better = pairOpinion({ ...numbers, [id]: value + feature.direction * (Math.abs(value) + 1) });
        expect(better.logOdds, id).toBeGreaterThanOrEqual(opinion.logOdds - 1e-9);
      }
    }
  });

  it('refuses weights that were trained on other features', () => {
    const other = { ...offlineModel, features: offlineModel.features.slice(1) };
    expect(() => readModel(other)).toThrow(/trained on other features/);
  });
});
