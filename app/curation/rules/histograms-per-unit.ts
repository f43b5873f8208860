import type { CorrelogramBins } from '../../analyzer/compute/correlograms.ts';
import { decodeFloat64 } from '../../analyzer/decode.ts';
import { elementBytes, float64Type, int64Bytes, int64Type } from '../../analyzer/npy-bytes.ts';
import type { SpikeColumns } from '../../analyzer/view.ts';
import { binsOf } from './bins-of.ts';
import { requiredArray } from './required-array.ts';
import { defineMergeRule, type RuleContext, type RuleResult } from './rule.ts';

/** Intervals of merged units are counted again, those of the others kept. */
export const isiHistogramsRule = defineMergeRule({
  id: 'isi_histograms',
  async merge(context) {
    const bins = binsOf(context, true);
    const edgesMs = bins.edgesMs.slice(bins.binCount / 2);
    return rowsPerUnit('isi_histograms', edgesMs, context, (unit) => intervals(context.units.spikes, unit, bins));
  },
});

/** Auto-correlograms of merged units are counted again, those of the others kept. */
export const autoCorrelogramsRule = defineMergeRule({
  id: 'auto_correlograms',
  async merge(context) {
    const bins = binsOf(context);
    return rowsPerUnit('acgs', bins.edgesMs, context, (unit) => ownLags(context.units.spikes, unit, bins));
  },
});

async function rowsPerUnit(
  name: string,
  edgesMs: Float64Array,
  context: RuleContext,
  ofMerged: (unit: number) => Float64Array,
): Promise<RuleResult> {
  const { units } = context;
  const binCount = edgesMs.length - 1;
  const array = requiredArray(context, name, units.unitIdsBefore.length, 2);
  if (array.shape[1] !== binCount) return { dropped: `its ${array.shape[1]} bins are not the ${binCount} that its parameters ask for` };
  const before = decodeFloat64(await array.read(context.options), array.dtype, array.file);
  const after = new Float64Array(units.unitIds.length * binCount);
  for (const [unit, members] of units.members.entries()) {
    const row = units.isMerged[unit] ? ofMerged(unit) : before.subarray(members[0] * binCount, (members[0] + 1) * binCount);
    after.set(row, unit * binCount);
  }
  return {
    arrays: [
      { name, dtype: int64Type, shape: [units.unitIds.length, binCount], content: int64Bytes(after) },
      { name: 'bins', dtype: float64Type, shape: [edgesMs.length], content: elementBytes(edgesMs) },
    ],
  };
}

/** Successive differences within a segment; the last edge belongs to the last bin. */
function intervals(spikes: SpikeColumns, unit: number, bins: CorrelogramBins): Float64Array {
  const counts = new Float64Array(bins.binCount / 2);
  const rows = spikes.rows.subarray(spikes.offsets[unit], spikes.offsets[unit + 1]);
  for (let at = 1; at < rows.length; at += 1) {
    if (spikes.segmentIndex[rows[at]] !== spikes.segmentIndex[rows[at - 1]]) continue;
    const interval = spikes.sampleIndex[rows[at]] - spikes.sampleIndex[rows[at - 1]];
    if (!(interval <= bins.windowSamples)) continue;
    counts[Math.min(Math.floor(interval / bins.binSamples), counts.length - 1)] += 1;
  }
  return counts;
}

/** Lags −W ≤ d < W between different spikes of one unit within a segment. */
function ownLags(spikes: SpikeColumns, unit: number, bins: CorrelogramBins): Float64Array {
  const { binSamples, windowSamples, binCount } = bins;
  const counts = new Float64Array(binCount);
  const rows = spikes.rows.subarray(spikes.offsets[unit], spikes.offsets[unit + 1]);
  for (let from = 0; from < rows.length; from += 1) {
    for (let to = from + 1; to < rows.length; to += 1) {
      const lag = spikes.sampleIndex[rows[to]] - spikes.sampleIndex[rows[from]];
      if (!(lag <= windowSamples) || spikes.segmentIndex[rows[to]] !== spikes.segmentIndex[rows[from]]) break;
      counts[Math.floor(-lag / binSamples) + binCount / 2] += 1;
      if (lag < windowSamples) counts[Math.floor(lag / binSamples) + binCount / 2] += 1;
    }
  }
  return counts;
}
