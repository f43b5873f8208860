import type { AnalyzerView, SpikeColumns } from '../../../app/analyzer/view.ts';

/** The analyzer without the spikes of one unit in some segments. */
export async function silenced(view: AnalyzerView, unit: number, segments: readonly number[]): Promise<AnalyzerView> {
  const all = await view.spikes();
  const kept = Array.from({ length: all.count }, (_, row) => row).filter(
    (row) => all.unitIndex[row] !== unit || !segments.includes(all.segmentIndex[row]),
  );
  const unitIndex = Int32Array.from(kept, (row) => all.unitIndex[row]);
  const offsets = new Int32Array(view.unitIds.length + 1);
  for (const one of unitIndex) offsets[one + 1] += 1;
  for (let one = 1; one < offsets.length; one += 1) offsets[one] += offsets[one - 1];
  const next = offsets.slice();
  const rows = new Int32Array(kept.length);
  unitIndex.forEach((one, row) => {
    rows[next[one]++] = row;
  });
  const spikes: SpikeColumns = {
    count: kept.length,
    sampleIndex: Float64Array.from(kept, (row) => all.sampleIndex[row]),
    segmentIndex: Int32Array.from(kept, (row) => all.segmentIndex[row]),
    unitIndex,
    rows,
    offsets,
  };
  return Object.assign(Object.create(view) as AnalyzerView, { spikes: async () => spikes });
}
