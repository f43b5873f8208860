import { decodeFloat64 } from '../../analyzer/decode.ts';
import { elementBytes, float64Type, int64Bytes, int64Type } from '../../analyzer/npy-bytes.ts';
import type { SpikeColumns } from '../../analyzer/view.ts';
import { countLags } from './count-lags.ts';
import { edgesMs, type LagBins, lagBins } from './lag-bins.ts';
import { requiredArray } from './required-array.ts';
import { defineMergeRule, type RuleContext, type RuleResult } from './rule.ts';

/** Intervals of merged units are counted again, those of the others kept. */
export const isiHistogramsRule = defineMergeRule({
  id: 'isi_histograms',
  async merge(context) {
    const bins = lagBins(context.params, context.samplingFrequencyHz, 1);
    const binCount = bins.windowSamples / bins.binSamples;
    const edges = edgesMs(bins, 0, binCount, context.samplingFrequencyHz);
    return rowsPerUnit('isi_histograms', binCount, edges, context, async (unit) => intervals(context.units.spikes, unit, bins));
  },
});

/** Auto-correlograms of merged units are counted again, those of the others kept. */
export const autoCorrelogramsRule = defineMergeRule({
  id: 'auto_correlograms',
  async merge(context) {
    const { units, samplingFrequencyHz } = context;
    const bins = lagBins(context.params, samplingFrequencyHz, 0.5);
    const half = bins.windowSamples / bins.binSamples;
    const merged = units.isMerged.flatMap((isMerged, unit) => (isMerged ? [unit] : []));
    const placeOf = Int32Array.from(units.isMerged, () => -1);
    merged.forEach((unit, place) => {
      placeOf[unit] = place;
    });
    const counts = await countLags(units.spikes, placeOf, merged.length, bins, true, context.options);
    const edges = edgesMs(bins, -half, 2 * half, samplingFrequencyHz);
    return rowsPerUnit('acgs', 2 * half, edges, context, async (unit) =>
      counts.subarray(placeOf[unit] * 2 * half, (placeOf[unit] + 1) * 2 * half),
    );
  },
});

async function rowsPerUnit(
  name: string,
  binCount: number,
  edges: Float64Array,
  context: RuleContext,
  ofMerged: (unit: number) => Promise<Float64Array>,
): Promise<RuleResult> {
  const { units } = context;
  const array = requiredArray(context, name, units.unitIdsBefore.length, 2);
  if (array.shape[1] !== binCount) return { dropped: `its ${array.shape[1]} bins are not the ${binCount} that its parameters ask for` };
  const before = decodeFloat64(await array.read(context.options), array.dtype, array.file);
  const after = new Float64Array(units.unitIds.length * binCount);
  for (const [unit, members] of units.members.entries()) {
    const row = units.isMerged[unit] ? await ofMerged(unit) : before.subarray(members[0] * binCount, (members[0] + 1) * binCount);
    after.set(row, unit * binCount);
  }
  return {
    arrays: [
      { name, dtype: int64Type, shape: [units.unitIds.length, binCount], content: int64Bytes(after) },
      { name: 'bins', dtype: float64Type, shape: [edges.length], content: elementBytes(edges) },
    ],
  };
}

/** Successive differences within a segment; the last edge belongs to the last bin. */
function intervals(spikes: SpikeColumns, unit: number, bins: LagBins): Float64Array {
  const counts = new Float64Array(bins.windowSamples / bins.binSamples);
  const rows = spikes.rows.subarray(spikes.offsets[unit], spikes.offsets[unit + 1]);
  for (let at = 1; at < rows.length; at += 1) {
    if (spikes.segmentIndex[rows[at]] !== spikes.segmentIndex[rows[at - 1]]) continue;
    const interval = spikes.sampleIndex[rows[at]] - spikes.sampleIndex[rows[at - 1]];
    if (!(interval <= bins.windowSamples)) continue;
    counts[Math.min(Math.floor(interval / bins.binSamples), counts.length - 1)] += 1;
  }
  return counts;
}
