import { Failure } from '../../failure.ts';
import type { FloatArray } from '../extensions/data.ts';
import type { ReadOptions } from '../source.ts';
import type { Sparsity } from '../view.ts';
import { activeChannels } from './active-channels.ts';
import { createBreather } from './breathe.ts';
import { packedDistances } from './packed-templates.ts';

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
  const last = search === 'both' ? params.shiftCount : 0;
  let best = distanceAtShift(array, first, second, channels, params.method, params.shiftCount, 0);
  let bestShift = 0;
  if (Number.isNaN(best)) return { distance: best, shift: 0 };
  for (let shift = -params.shiftCount; shift <= last; shift += 1) {
    if (shift === 0) continue;
    const distance = distanceAtShift(array, first, second, channels, params.method, params.shiftCount, shift);
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
  const { unitCount } = array;
  const similarity = new Float32Array(unitCount * unitCount);
  const breathe = createBreather(options?.signal);
  const oneByOne = (first: number, second: number) => templateDistance(array, first, second, params, 'negative').distance;
  const distanceOf = packedDistances(array, params) ?? oneByOne;
  for (let first = 0; first < unitCount; first += 1) {
    for (let second = first; second < unitCount; second += 1) {
      const value = 1 - Math.fround(distanceOf(first, second));
      similarity[first * unitCount + second] = value;
      similarity[second * unitCount + first] = value;
      const turn = breathe();
      if (turn) await turn;
    }
  }
  return similarity;
}
