/**
 * Fits the line that turns the score of a pair into log-odds where an analyzer holds hardly more than average waveforms and spike
 * times, and writes it into the weights. The trees stay as they are. Pairs come from a table of features.ts, sets `train`,
 * `calibrate` and `later`, as if principal components, amplitudes and positions of spikes had never been computed.
 *
 *   node scripts/train-offline-judge/calibrate-bare.ts TABLE.jsonl assets/offline-judge.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { numberById } from '../../app/evidence/registry.ts';
import { offlineModel, scorePair } from '../../app/judges/offline/model.ts';
import { readTable } from './table.ts';

const lost = ['principal_components', 'spike_amplitudes', 'spike_locations'];
const [table, weights] = process.argv.slice(2);
const rows = readTable(table).filter((row) => ['train', 'calibrate', 'later'].includes(row.set));

const withoutOffset = {
  ...offlineModel,
  bare: { ...offlineModel.bare, slope: offlineModel.slope, fullMiddle: offlineModel.fullMiddle, offset: 0 },
};
const points = rows.map(({ evidence, same }) => {
  const left = Object.fromEntries(
    Object.entries(evidence).map(([id, value]) => [id, numberById(id)?.needs.some((needed) => lost.includes(needed)) ? null : value]),
  );
  return { logOdds: scorePair(left, withoutOffset).logOdds, same };
});

/** The offset at which as many pairs are expected to be one cell as are, by bisection. */
function fittedOffset(): number {
  let [low, high] = [-10, 10];
  for (let round = 0; round < 60; round += 1) {
    const offset = (low + high) / 2;
    const expected = points.reduce((sum, { logOdds }) => sum + 1 / (1 + Math.exp(-(logOdds + offset))), 0);
    if (expected > points.filter(({ same }) => same).length) high = offset;
    else low = offset;
  }
  return (low + high) / 2;
}

const { slope, fullMiddle } = offlineModel;
const round = (value: number) => Number(value.toFixed(6));
const bare = { slope, fullMiddle, offset: round((offlineModel.offset + fittedOffset()) / 2) };
const stored = JSON.parse(readFileSync(weights, 'utf8')) as Record<string, unknown>;
writeFileSync(weights, `${JSON.stringify({ ...stored, bare })}\n`);
process.stdout.write(
  `${points.length} pairs, ${points.filter(({ same }) => same).length} of one cell, of ${new Set(rows.map(({ recording }) => recording)).size} recordings: ${JSON.stringify(bare)}\n`,
);
