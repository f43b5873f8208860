import { Unmeasurable } from './unmeasurable.ts';

/**
 * Spikes of a unit (one rising train a segment, samples) in bins of `binSamples`, segments end to end, as SpikeInterface's
 * `compute_bin_edges_per_unit`: bins start anew with every segment, the rest after the last whole bin does not count, the last
 * edge belongs to the last bin. `undefined` where there is no bin. Throws `Unmeasurable` for bins shorter than a sample.
 */
export function binnedCounts(
  trains: readonly Float64Array[],
  segmentSampleCounts: readonly number[],
  binSamples: number,
): Float64Array | undefined {
  if (!(binSamples >= 1)) throw new Unmeasurable('a bin would be shorter than a sample');
  const edges: number[] = [];
  let start = 0;
  const last = segmentSampleCounts.length - 1;
  for (const [segment, samples] of segmentSampleCounts.entries()) {
    const end = start + samples;
    const until = segment === last ? Math.floor(end / binSamples) * binSamples + 1 : end;
    for (let edge = start; edge < until; edge += binSamples) edges.push(edge);
    start = end;
  }
  if (edges.length < 2) return undefined;
  const counts = new Float64Array(edges.length - 1);
  let bin = 0;
  let offset = 0;
  for (const [segment, train] of trains.entries()) {
    for (const sample of train) {
      const time = sample + offset;
      while (bin < counts.length - 1 && time >= edges[bin + 1]) bin += 1;
      if (time >= edges[bin] && time <= edges[edges.length - 1]) counts[bin] += 1;
    }
    offset += segmentSampleCounts[segment];
  }
  return counts;
}
