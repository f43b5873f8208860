import type { SampleArray } from '../recording/traces.ts';

/** Whole numbers of at most 16 bits: few enough to count how often each occurs. */
export type CountArray = Int8Array | Uint8Array | Int16Array | Uint16Array;

export function isCountArray(samples: SampleArray): samples is CountArray {
  return samples instanceof Int16Array || samples instanceof Uint16Array || samples instanceof Int8Array || samples instanceof Uint8Array;
}

/** Where 0 stands in a histogram. */
const zero = 2 ** 15;

/**
 * Median absolute deviation of columns of counts, each count scaled as `scaled` says: what `medianInPlace` finds in the
 * values and in their distances from it (in single precision where `single`), without sorting.
 */
export class CountDeviation {
  private readonly histogram = new Int32Array(zero + 2 ** 16);

  /** Of every `step`th sample from `first` on; not-a-number for none. `scaled` must rise or fall with the count. */
  of(samples: CountArray, first: number, step: number, scaled: (count: number) => number, single: boolean): number {
    const { histogram } = this;
    let lowest = Number.POSITIVE_INFINITY;
    let highest = Number.NEGATIVE_INFINITY;
    let total = 0;
    for (let at = first; at < samples.length; at += step) {
      const count = samples[at];
      histogram[zero + count] += 1;
      if (count < lowest) lowest = count;
      if (count > highest) highest = count;
      total += 1;
    }
    if (total === 0) return Number.NaN;
    const upperRank = total >> 1;
    const lowerRank = total % 2 === 1 ? upperRank : upperRank - 1;
    const lower = this.countAt(lowerRank, lowest);
    const upper = this.countAt(upperRank, lowest);
    const middle = (scaled(lower) + scaled(upper)) / 2;
    const distance = (count: number): number => {
      const apart = Math.abs(scaled(count) - middle);
      return single ? Math.fround(apart) : apart;
    };

    // Outwards from the middle on both sides at once, the nearer side first: the distances in order.
    let below = lower;
    let above = lower + 1;
    let passed = 0;
    let atLower = Number.NaN;
    let atUpper = Number.NaN;
    while (passed <= upperRank) {
      while (below >= lowest && histogram[zero + below] === 0) below -= 1;
      while (above <= highest && histogram[zero + above] === 0) above += 1;
      const takesBelow = above > highest || (below >= lowest && distance(below) <= distance(above));
      const count = takesBelow ? below : above;
      passed += histogram[zero + count];
      if (Number.isNaN(atLower) && passed > lowerRank) atLower = distance(count);
      if (passed > upperRank) atUpper = distance(count);
      if (takesBelow) below -= 1;
      else above += 1;
    }
    histogram.fill(0, zero + lowest, zero + highest + 1);
    return (atLower + atUpper) / 2;
  }

  private countAt(rank: number, lowest: number): number {
    let count = lowest;
    for (let passed = this.histogram[zero + count]; passed <= rank; passed += this.histogram[zero + count]) count += 1;
    return count;
  }
}
