import { Failure } from '../../failure.ts';
import type { FloatArray } from '../extensions/data.ts';
import type { ReadOptions } from '../source.ts';
import type { Sparsity } from '../view.ts';
import { createBreather } from './breathe.ts';

export const similarityMethods = ['l1', 'l2', 'cosine'] as const;
export type SimilarityMethod = (typeof similarityMethods)[number];
export const similaritySupports = ['union', 'intersection', 'dense'] as const;
export type SimilaritySupport = (typeof similaritySupports)[number];

/** Average templates (n, T, C), row-major, zero outside the mask. */
export interface TemplateArray {
  readonly average: FloatArray;
  readonly unitCount: number;
  readonly sampleCount: number;
  readonly channelCount: number;
  readonly sparsity: Sparsity | undefined;
}

export interface SimilarityParams {
  readonly method: SimilarityMethod;
  readonly support: SimilaritySupport;
  /** Largest shift in samples: int(max_lag_ms · fs / 1000). */
  readonly shiftCount: number;
}

/** Which shifts of the second template are tried: SpikeInterface's square matrix tries −k…0 only, a fair search both signs. */
export type ShiftSearch = 'negative' | 'both';

export interface TemplateDistance {
  /** 0 for equal templates, 1 for no common support; NaN where both are silent (l1 and l2). */
  readonly distance: number;
  /** Samples that `second` was shifted by at the smallest distance: it is read `shift` samples later. */
  readonly shift: number;
}

/** int(max_lag_ms · fs / 1000), refusing what leaves no sample to compare. */
export function shiftCountOf(maxLagMs: number, samplingFrequencyHz: number, sampleCount: number): number {
  const shiftCount = Math.trunc((maxLagMs * samplingFrequencyHz) / 1000);
  if (!(shiftCount >= 0 && 2 * shiftCount < sampleCount)) {
    throw new Failure(
      'input.invalid',
      `max_lag_ms ${maxLagMs} shifts templates of ${sampleCount} samples by ${shiftCount}, which leaves nothing to compare; choose a smaller one.`,
      { field: 'max_lag_ms', value: maxLagMs },
    );
  }
  return shiftCount;
}

/** Channels that two units are compared on, ascending; empty where they can't be compared. */
export function supportChannels(array: TemplateArray, first: number, second: number, support: SimilaritySupport): Int32Array {
  const { channelCount, sparsity } = array;
  if (!sparsity || support === 'dense') return Int32Array.from({ length: channelCount }, (_, channel) => channel);
  const active = activeChannels(sparsity);
  const a = active[first];
  const b = active[second];
  const channels = new Int32Array(a.length + b.length);
  let [left, right, count, common] = [0, 0, 0, 0];
  while (left < a.length || right < b.length) {
    const next = Math.min(left < a.length ? a[left] : channelCount, right < b.length ? b[right] : channelCount);
    const inFirst = left < a.length && a[left] === next;
    const inSecond = right < b.length && b[right] === next;
    if (inFirst) left += 1;
    if (inSecond) right += 1;
    if (inFirst && inSecond) common += 1;
    if (support === 'union' || (inFirst && inSecond)) channels[count++] = next;
  }
  return common === 0 ? none : channels.subarray(0, count);
}

const none = new Int32Array(0);
const activeLists = new WeakMap<Sparsity, readonly Int32Array[]>();

/** Each unit's channels, ascending; kept with the sparsity. */
function activeChannels(sparsity: Sparsity): readonly Int32Array[] {
  const known = activeLists.get(sparsity);
  if (known) return known;
  const { unitCount, channelCount, mask } = sparsity;
  const lists = Array.from({ length: unitCount }, (_, unit) => {
    const channels: number[] = [];
    for (let channel = 0; channel < channelCount; channel += 1) if (mask[unit * channelCount + channel]) channels.push(channel);
    return Int32Array.from(channels);
  });
  activeLists.set(sparsity, lists);
  return lists;
}

/**
 * Distance of two templates of one array, smallest over the shifts. Formulas as SpikeInterface's `template_similarity`:
 * l1 Σ|a−b| / (Σ|a|+Σ|b|), l2 ‖a−b‖ / (‖a‖+‖b‖), cosine 1 − a·b / (‖a‖‖b‖), over the support's channels.
 */
export function templateDistance(
  array: TemplateArray,
  first: number,
  second: number,
  params: SimilarityParams,
  search: ShiftSearch,
): TemplateDistance {
  const channels = supportChannels(array, first, second, params.support);
  if (channels.length === 0) return { distance: 1, shift: 0 };
  return smallestOverShifts(params.shiftCount, search, (shift) =>
    distanceAtShift(array, first, second, channels, params.method, params.shiftCount, shift),
  );
}

function smallestOverShifts(shiftCount: number, search: ShiftSearch, distanceAt: (shift: number) => number): TemplateDistance {
  const last = search === 'both' ? shiftCount : 0;
  let best = distanceAt(0);
  let bestShift = 0;
  if (Number.isNaN(best)) return { distance: best, shift: 0 };
  for (let shift = -shiftCount; shift <= last; shift += 1) {
    if (shift === 0) continue;
    const distance = distanceAt(shift);
    if (Number.isNaN(distance)) return { distance, shift };
    if (distance < best) {
      best = distance;
      bestShift = shift;
    }
  }
  return { distance: best, shift: bestShift };
}

function distanceAtShift(
  array: TemplateArray,
  first: number,
  second: number,
  channels: Int32Array,
  method: SimilarityMethod,
  margin: number,
  shift: number,
): number {
  const { average, sampleCount, channelCount } = array;
  const unitSize = sampleCount * channelCount;
  let left = 0;
  let right = 0;
  let both = 0;
  for (let sample = margin; sample < sampleCount - margin; sample += 1) {
    const a = first * unitSize + sample * channelCount;
    const b = second * unitSize + (sample + shift) * channelCount;
    for (const channel of channels) {
      const x = average[a + channel];
      const y = average[b + channel];
      if (method === 'l1') {
        left += Math.abs(x);
        right += Math.abs(y);
        both += Math.abs(x - y);
      } else {
        left += x * x;
        right += y * y;
        both += method === 'l2' ? (x - y) * (x - y) : x * y;
      }
    }
  }
  return distanceOf(method, left, right, both);
}

function distanceOf(method: SimilarityMethod, left: number, right: number, both: number): number {
  if (method === 'l1') return both / (left + right);
  if (method === 'l2') return Math.sqrt(both) / (Math.sqrt(left) + Math.sqrt(right));
  const norm = Math.sqrt(left) * Math.sqrt(right);
  return norm > 0 ? 1 - both / norm : 1;
}

/**
 * Similarity (n, n) = 1 − distance in single precision, as SpikeInterface 0.105's `template_similarity` extension stores it:
 * with a lag only the shifts −k…0 of the unit with the higher index are tried, and the result mirrored.
 */
export async function templateSimilarity(array: TemplateArray, params: SimilarityParams, options?: ReadOptions): Promise<Float32Array> {
  const { unitCount, sampleCount } = array;
  const { method, shiftCount, support } = params;
  const similarity = new Float32Array(unitCount * unitCount);
  const breathe = createBreather(options?.signal);
  const heard: HeardTemplate[] = [];
  for (let unit = 0; unit < unitCount; unit += 1) {
    heard.push(heardTemplate(array, unit, params));
    const turn = breathe();
    if (turn) await turn;
  }
  for (let first = 0; first < unitCount; first += 1) {
    for (let second = first; second < unitCount; second += 1) {
      const channels = supportChannels(array, first, second, support);
      const distanceAt = (shift: number) => heardDistance(heard[first], heard[second], channels, method, sampleCount, shiftCount, shift);
      const distance = channels.length === 0 ? 1 : smallestOverShifts(shiftCount, 'negative', distanceAt).distance;
      const value = 1 - Math.fround(distance);
      similarity[first * unitCount + second] = value;
      similarity[second * unitCount + first] = value;
      const turn = breathe();
      if (turn) await turn;
    }
  }
  return similarity;
}

/** A template channel by channel, without those where it is silent: they add nothing to any sum. */
interface HeardTemplate {
  /** Place of each channel (C), −1 where silent. */
  readonly placeOf: Int32Array;
  /** (k, T). */
  readonly values: FloatArray;
  /** Σ|x| for l1, else Σx², over the compared samples when shifted by 0, −1, … −shiftCount: (shifts, k). */
  readonly sums: Float64Array;
  readonly channelCount: number;
}

function heardTemplate(array: TemplateArray, unit: number, { method, shiftCount }: SimilarityParams): HeardTemplate {
  const { sampleCount, channelCount } = array;
  const template = array.average.subarray(unit * sampleCount * channelCount, (unit + 1) * sampleCount * channelCount);
  const isHeard = new Uint8Array(channelCount);
  for (let sample = 0, cell = 0; sample < sampleCount; sample += 1) {
    for (let channel = 0; channel < channelCount; channel += 1, cell += 1) if (template[cell] !== 0) isHeard[channel] = 1;
  }
  let count = 0;
  const placeOf = Int32Array.from(isHeard, (one) => (one === 1 ? count++ : -1));
  const values = template instanceof Float32Array ? new Float32Array(count * sampleCount) : new Float64Array(count * sampleCount);
  const sums = new Float64Array((shiftCount + 1) * count);
  for (const [channel, place] of placeOf.entries()) {
    if (place === -1) continue;
    const row = values.subarray(place * sampleCount, (place + 1) * sampleCount);
    for (let sample = 0; sample < sampleCount; sample += 1) row[sample] = template[sample * channelCount + channel];
    for (let back = 0; back <= shiftCount; back += 1) {
      let sum = 0;
      for (let at = shiftCount - back; at < sampleCount - shiftCount - back; at += 1) {
        sum += method === 'l1' ? Math.abs(row[at]) : row[at] * row[at];
      }
      sums[back * count + place] = sum;
    }
  }
  return { placeOf, values, sums, channelCount: count };
}

/** What `distanceAtShift` gives, for a shift of 0 or less, without looking at silent channels. */
function heardDistance(
  first: HeardTemplate,
  second: HeardTemplate,
  channels: Int32Array,
  method: SimilarityMethod,
  sampleCount: number,
  margin: number,
  shift: number,
): number {
  let left = 0;
  let right = 0;
  let both = 0;
  for (let at = 0; at < channels.length; at += 1) {
    const a = first.placeOf[channels[at]];
    const b = second.placeOf[channels[at]];
    const own = a === -1 ? 0 : first.sums[a];
    const other = b === -1 ? 0 : second.sums[-shift * second.channelCount + b];
    left += own;
    right += other;
    if (a !== -1 && b !== -1)
      both += together(first.values, a * sampleCount, second.values, b * sampleCount + shift, margin, sampleCount - margin, method);
    else if (method !== 'cosine') both += own + other;
  }
  return distanceOf(method, left, right, both);
}

/** Σ|x−y|, Σ(x−y)² or Σxy of two rows from sample `low` to `high`, with the rows' starts. */
function together(x: FloatArray, fromX: number, y: FloatArray, fromY: number, low: number, high: number, method: SimilarityMethod): number {
  let sum = 0;
  if (method === 'cosine') for (let at = low; at < high; at += 1) sum += x[fromX + at] * y[fromY + at];
  else if (method === 'l2') for (let at = low; at < high; at += 1) sum += (x[fromX + at] - y[fromY + at]) ** 2;
  else for (let at = low; at < high; at += 1) sum += Math.abs(x[fromX + at] - y[fromY + at]);
  return sum;
}
