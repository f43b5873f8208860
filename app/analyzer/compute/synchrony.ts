import type { SpikeColumns } from '../view.ts';

/** How many spikes at one sample make a row each. */
export const synchronySizes = [2, 4, 8] as const;

/**
 * For each size and unit, (size, unit): in how many samples the unit fired together with so many spikes or more, as
 * SpikeInterface's `synchrony` counts.
 */
export function synchronyCounts(spikes: SpikeColumns, unitCount: number): Float64Array {
  const { count, sampleIndex, segmentIndex, unitIndex } = spikes;
  const counts = new Float64Array(synchronySizes.length * unitCount);
  for (let start = 0, end = 0; start < count; start = end) {
    end = start + 1;
    while (end < count && sampleIndex[end] === sampleIndex[start] && segmentIndex[end] === segmentIndex[start]) end += 1;
    if (end - start < 2) continue;
    const units = new Set(unitIndex.subarray(start, end));
    for (const [row, size] of synchronySizes.entries()) {
      if (end - start >= size) for (const unit of units) counts[row * unitCount + unit] += 1;
    }
  }
  return counts;
}
