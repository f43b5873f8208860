import { supportChannels } from '../../analyzer/compute/template-similarity.ts';
import { templatesOf } from '../../analyzer/compute/templates.ts';
import type { ReadOptions } from '../../analyzer/source.ts';
import type { AnalyzerView } from '../../analyzer/view.ts';
import type { UnitPair } from '../number.ts';
import { perPair } from '../per-pair.ts';
import { unitDisplacement } from './spike-displacements.ts';

const maxLagMs = 0.3;
const kernelUm = 30;
/** Added to the diagonal, so that noise is not blown up. */
const ridge = 0.02;
/**
 * Centres of mass move less than the tissue does (by a third to a half), so longer ways are tried as well, and none at all: as
 * often as that helps two different cells it is seen in training.
 */
const wayFactors = [0, 1, 1.5, 2] as const;
/** Farther than this from all channels of a unit nothing can be said about what it would look like there. */
const farthestUm = 30;

/**
 * Cosine distance of the average waveforms with both moved along y to the place midway between, by the motion of the tissue
 * while they fired; on common channels, at the best lag up to 0.3 ms, the smallest over four lengths of the way. `undefined` without a probe or a common channel.
 */
export const movedTemplateDistance = perPair(async (view, pair, options): Promise<number | undefined> => {
  if (view.channelPositionsUm.length === 0) return undefined;
  const a = await unitDisplacement(view, pair.first, options);
  const b = await unitDisplacement(view, pair.second, options);
  if (!a || !b) return undefined;
  const templates = await templatesOf(view, options);
  const channels = supportChannels(templates, pair.first, pair.second, 'intersection');
  if (channels.length === 0) return undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const factor of wayFactors) {
    const halfUm = (factor * (b.meanUm - a.meanUm)) / 2;
    least = Math.min(least, await distanceMidway(view, pair, halfUm, channels, options));
  }
  return Number.isFinite(least) ? least : undefined;
});

async function distanceMidway(
  view: AnalyzerView,
  pair: UnitPair,
  halfUm: number,
  channels: Int32Array,
  options?: ReadOptions,
): Promise<number> {
  const templates = await templatesOf(view, options);
  const first = await movedTemplate(view, pair.first, halfUm, channels, options);
  const second = await movedTemplate(view, pair.second, -halfUm, channels, options);
  const kept = channels.length;
  const usable = Array.from({ length: kept }, (_, place) => place).filter((place) => first.known[place] && second.known[place]);
  if (usable.length === 0) return Number.POSITIVE_INFINITY;
  const { sampleCount } = templates;
  const margin = Math.min(Math.trunc((maxLagMs * view.samplingFrequencyHz) / 1000), Math.floor(sampleCount / 4));
  let least = Number.POSITIVE_INFINITY;
  for (let shift = -margin; shift <= margin; shift += 1) {
    let [left, right, both] = [0, 0, 0];
    for (let sample = margin; sample < sampleCount - margin; sample += 1) {
      for (const place of usable) {
        const x = first.values[sample * kept + place];
        const y = second.values[(sample + shift) * kept + place];
        left += x * x;
        right += y * y;
        both += x * y;
      }
    }
    const norm = Math.sqrt(left) * Math.sqrt(right);
    if (norm > 0) least = Math.min(least, 1 - both / norm);
  }
  return least;
}

interface Moved {
  /** (samples, channels) */
  readonly values: Float64Array;
  readonly known: Uint8Array;
}

/** The template of a unit as channels would see it, had the tissue moved by so much more along y (kriging). */
async function movedTemplate(view: AnalyzerView, unit: number, byUm: number, channels: Int32Array, options?: ReadOptions): Promise<Moved> {
  const templates = await templatesOf(view, options);
  const { sampleCount, channelCount, average, sparsity } = templates;
  const at = view.channelPositionsUm;
  const middle = channels.reduce((sum, channel) => sum + at[2 * channel + 1], 0) / channels.length;
  const own: number[] = [];
  for (let channel = 0; channel < channelCount; channel += 1) {
    if (sparsity && !sparsity.mask[unit * channelCount + channel]) continue;
    if (Math.abs(at[2 * channel + 1] - middle) <= 150) own.push(channel);
  }
  const size = own.length;
  const kernel = (squared: number) => Math.exp(-0.5 * (squared / kernelUm ** 2) ** 0.75);
  const apart = (channel: number, other: number, upUm: number) =>
    (at[2 * channel] - at[2 * other]) ** 2 + (at[2 * channel + 1] + upUm - at[2 * other + 1]) ** 2;
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let rest = kernel(apart(own[row], own[column], 0)) + (row === column ? ridge : 0);
      for (let place = 0; place < column; place += 1) rest -= lower[row * size + place] * lower[column * size + place];
      lower[row * size + column] = row === column ? Math.sqrt(rest) : rest / lower[column * size + column];
    }
  }
  const values = new Float64Array(sampleCount * channels.length);
  const known = new Uint8Array(channels.length);
  for (const [place, channel] of channels.entries()) {
    // what stands at y after moving up by d stood at y − d before
    const squared = own.map((other) => apart(channel, other, -byUm));
    known[place] = squared.some((value) => value <= farthestUm ** 2) ? 1 : 0;
    const weights = Float64Array.from(squared, kernel);
    for (let row = 0; row < size; row += 1) {
      for (let before = 0; before < row; before += 1) weights[row] -= lower[row * size + before] * weights[before];
      weights[row] /= lower[row * size + row];
    }
    for (let row = size - 1; row >= 0; row -= 1) {
      for (let after = row + 1; after < size; after += 1) weights[row] -= lower[after * size + row] * weights[after];
      weights[row] /= lower[row * size + row];
    }
    for (let sample = 0; sample < sampleCount; sample += 1) {
      const base = (unit * sampleCount + sample) * channelCount;
      let value = 0;
      for (const [index, other] of own.entries()) value += weights[index] * average[base + other];
      values[sample * channels.length + place] = value;
    }
  }
  return { values, known };
}
