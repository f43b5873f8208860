import type { FloatArray } from '../extensions/data.ts';
import { activeChannels } from './active-channels.ts';
import type { SimilarityMethod, SimilarityParams, TemplateArray } from './template-similarity.ts';

/** Templates laid out for comparing every one with every other: only the channels each is stored on, one after another. */
interface PackedTemplates {
  readonly values: FloatArray;
  /** Where a unit's channels begin in `values`. */
  readonly offsets: Int32Array;
  /** Channels of each unit, rising. */
  readonly channels: readonly Int32Array[];
  /** Values of one channel, and of one sample of it. */
  readonly length: number;
  readonly step: number;
}

/**
 * Distances of pairs of one array as `templateDistance` gives them with the search `negative`, for many pairs: channels that only
 * one of two units has need no comparison, their sums are known. `undefined` where a template is not zero outside its channels.
 */
export function packedDistances(array: TemplateArray, params: SimilarityParams): ((first: number, second: number) => number) | undefined {
  const packed = packTemplates(array);
  if (!packed) return undefined;
  const comparison = new PackedComparison(packed, params, array.sparsity !== undefined && params.support !== 'dense');
  return (first, second) => comparison.distance(first, second);
}

/** A class, not a closure: a closure made anew for each analyzer would be compiled anew too. */
class PackedComparison {
  private readonly packed: PackedTemplates;
  private readonly method: SimilarityMethod;
  private readonly shiftCount: number;
  private readonly from: number;
  private readonly demandsCommon: boolean;
  private readonly countsOwn: boolean;
  /** Per unit: sums over each channel for every shift, |x| for l1, x² for l2 and cosine. */
  private readonly sizes: readonly Float64Array[];

  constructor(packed: PackedTemplates, { method, support, shiftCount }: SimilarityParams, demandsCommon: boolean) {
    const { values, offsets, channels, length, step } = packed;
    this.packed = packed;
    this.method = method;
    this.shiftCount = shiftCount;
    this.from = shiftCount * step;
    this.demandsCommon = demandsCommon;
    this.countsOwn = support !== 'intersection';
    const to = length - this.from;
    const shifts = shiftCount + 1;
    const sumOf = method === 'l1' ? sumOfSizes : sumOfSquares;
    this.sizes = channels.map((own, unit) => {
      const sums = new Float64Array(own.length * shifts);
      for (let place = 0; place < own.length; place += 1) {
        const start = offsets[unit] + place * length;
        for (let shift = 0; shift < shifts; shift += 1)
          sums[place * shifts + shift] = sumOf(values, start - shift * step + this.from, start - shift * step + to);
      }
      return sums;
    });
  }

  distance(first: number, second: number): number {
    let best = this.distanceAt(first, second, 0);
    for (let shift = this.shiftCount; shift > 0 && !Number.isNaN(best); shift -= 1) {
      const distance = this.distanceAt(first, second, shift);
      if (!(distance >= best)) best = distance;
    }
    return best;
  }

  private distanceAt(first: number, second: number, shift: number): number {
    const { method, countsOwn, from } = this;
    const { values, offsets, channels, length, step } = this.packed;
    const shifts = this.shiftCount + 1;
    const a = channels[first];
    const b = channels[second];
    const sizesA = this.sizes[first];
    const sizesB = this.sizes[second];
    const count = length - 2 * from;
    let left = 0;
    let right = 0;
    let both = 0;
    let common = 0;
    let i = 0;
    let j = 0;
    while (i < a.length || j < b.length) {
      if (i < a.length && j < b.length && a[i] === b[j]) {
        const atA = offsets[first] + i * length + from;
        const atB = offsets[second] + j * length + from - shift * step;
        left += sizesA[i * shifts];
        right += sizesB[j * shifts + shift];
        if (method === 'l1') both += sumOfGaps(values, atA, atB, count);
        else both += method === 'l2' ? sumOfSquaredGaps(values, atA, atB, count) : sumOfProducts(values, atA, atB, count);
        common += 1;
        i += 1;
        j += 1;
        continue;
      }
      const isFirst = j === b.length || (i < a.length && a[i] < b[j]);
      const size = isFirst ? sizesA[i * shifts] : sizesB[j * shifts + shift];
      if (isFirst) i += 1;
      else j += 1;
      if (!countsOwn) continue;
      if (isFirst) left += size;
      else right += size;
      if (method !== 'cosine') both += size;
    }
    if (common === 0 && this.demandsCommon) return 1;
    if (method === 'l1') return both / (left + right);
    const norm = Math.sqrt(left);
    if (method === 'l2') return Math.sqrt(both) / (norm + Math.sqrt(right));
    const product = norm * Math.sqrt(right);
    return product > 0 ? 1 - both / product : 1;
  }
}

function packTemplates(array: TemplateArray): PackedTemplates | undefined {
  const { average, unitCount, sampleCount, channelCount, sparsity } = array;
  const unitSize = sampleCount * channelCount;
  if (sparsity === undefined) {
    const offsets = Int32Array.from({ length: unitCount }, (_, unit) => unit * unitSize);
    const all = Int32Array.of(0);
    return { values: average, offsets, channels: Array.from(offsets, () => all), length: unitSize, step: channelCount };
  }
  const channels = activeChannels(sparsity);
  const offsets = new Int32Array(unitCount);
  let size = 0;
  for (let unit = 0; unit < unitCount; unit += 1) {
    offsets[unit] = size;
    size += channels[unit].length * sampleCount;
  }
  const values = average instanceof Float32Array ? new Float32Array(size) : new Float64Array(size);
  for (let unit = 0; unit < unitCount; unit += 1) {
    const own = channels[unit];
    let present = 0;
    for (let place = 0; place < own.length; place += 1) {
      const to = offsets[unit] + place * sampleCount;
      let at = unit * unitSize + own[place];
      for (let sample = 0; sample < sampleCount; sample += 1, at += channelCount) {
        const value = average[at];
        values[to + sample] = value;
        if (value !== 0) present += 1;
      }
    }
    if (countOfValues(average, unit * unitSize, (unit + 1) * unitSize) !== present) return undefined;
  }
  return { values, offsets, channels, length: sampleCount, step: 1 };
}

function countOfValues(values: FloatArray, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at += 1) if (values[at] !== 0) count += 1;
  return count;
}

function sumOfSizes(values: FloatArray, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += Math.abs(values[at]);
  return sum;
}

function sumOfSquares(values: FloatArray, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += values[at] * values[at];
  return sum;
}

function sumOfGaps(values: FloatArray, a: number, b: number, count: number): number {
  // Two sums: one addition need not wait for the other.
  let even = 0;
  let odd = 0;
  const last = a + count - 1;
  let other = b;
  let at = a;
  for (; at < last; at += 2, other += 2) {
    even += Math.abs(values[at] - values[other]);
    odd += Math.abs(values[at + 1] - values[other + 1]);
  }
  return even + odd + (at === last ? Math.abs(values[at] - values[other]) : 0);
}

function sumOfSquaredGaps(values: FloatArray, a: number, b: number, count: number): number {
  let sum = 0;
  for (let at = 0; at < count; at += 1) {
    const apart = values[a + at] - values[b + at];
    sum += apart * apart;
  }
  return sum;
}

function sumOfProducts(values: FloatArray, a: number, b: number, count: number): number {
  let sum = 0;
  for (let at = 0; at < count; at += 1) sum += values[a + at] * values[b + at];
  return sum;
}
