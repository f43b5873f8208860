import { cholesky, solveSquare } from '../../analyzer/compute/cholesky.ts';
import { supportChannels, type TemplateArray } from '../../analyzer/compute/template-similarity.ts';
import { templatesOf } from '../../analyzer/compute/templates.ts';
import { perPair } from '../per-pair.ts';
import { unitDisplacement } from './spike-displacements.ts';

const maxLagMs = 0.3;
const kernelUm = 30;
/** Added to the diagonal, so that noise is not blown up. */
const ridge = 0.02;
/**
 * Centres of mass move less than the tissue does (often by half), so longer ways are tried as well.
 */
const wayFactors = [1, 1.5, 2, 3] as const;
/** A way shorter than this changes nothing that could be seen, in µm. */
const leastWayUm = 1;
/** Moving changes the best lag by no more than this many samples. */
const nearLags = 2;
/** Farther than this from all channels of a unit nothing can be said about what it would look like there. */
const farthestUm = 30;

/**
 * Distances of the average waveforms with both moved along y to the place midway between, by the motion of the tissue while they
 * fired; on common channels, at the lag up to 0.3 ms and the length of the way that make l2 smallest. `undefined` without a probe
 * or a common channel, and where both were seen from the same place within 1 µm.
 */
export const movedTemplates = perPair(async (view, pair, options): Promise<MovedDistances | undefined> => {
  if (view.channelPositionsUm.length === 0) return undefined;
  const a = await unitDisplacement(view, pair.first, options);
  const b = await unitDisplacement(view, pair.second, options);
  if (!a || !b) return undefined;
  const wayUm = b.meanUm - a.meanUm;
  if (!(Math.abs(wayUm) >= leastWayUm)) return undefined;
  const templates = await templatesOf(view, options);
  const channels = supportChannels(templates, pair.first, pair.second, 'intersection');
  if (channels.length === 0) return undefined;
  const firstAt = movable(templates, view.channelPositionsUm, pair.first, channels);
  const secondAt = movable(templates, view.channelPositionsUm, pair.second, channels);
  if (!firstAt || !secondAt) return undefined;
  const { sampleCount } = templates;
  const margin = Math.min(Math.trunc((maxLagMs * view.samplingFrequencyHz) / 1000), Math.floor(sampleCount / 4));
  let lags: Lags = { from: -margin, to: margin };
  let best: MovedDistances | undefined;
  for (const factor of wayFactors) {
    const match = bestMatch(firstAt((factor * wayUm) / 2), secondAt((-factor * wayUm) / 2), { sampleCount, margin, ...lags });
    if (!match) continue;
    lags = { from: Math.max(-margin, match.lag - nearLags), to: Math.min(margin, match.lag + nearLags) };
    if (!(best && best.l2 <= match.l2)) best = match;
  }
  return best;
});

interface MovedDistances {
  readonly l1: number;
  readonly l2: number;
  readonly cosine: number;
}

interface Lags {
  readonly from: number;
  readonly to: number;
}

interface Match extends MovedDistances {
  /** In samples. */
  readonly lag: number;
}

function bestMatch(first: Moved, second: Moved, window: Lags & { sampleCount: number; margin: number }): Match | undefined {
  const { sampleCount, margin, from, to } = window;
  const kept = first.known.length;
  const usable = Int32Array.from(first.known.keys()).filter((place) => first.known[place] === 1 && second.known[place] === 1);
  let best: Match | undefined;
  for (let lag = from; lag <= to; lag += 1) {
    let [left, right, both, leftSize, rightSize, apart] = [0, 0, 0, 0, 0, 0];
    for (let sample = margin; sample < sampleCount - margin; sample += 1) {
      for (const place of usable) {
        const x = first.values[sample * kept + place];
        const y = second.values[(sample + lag) * kept + place];
        left += x * x;
        right += y * y;
        both += x * y;
        leftSize += Math.abs(x);
        rightSize += Math.abs(y);
        apart += Math.abs(x - y);
      }
    }
    const [one, other] = [Math.sqrt(left), Math.sqrt(right)];
    if (!(one * other > 0)) continue;
    const l2 = Math.sqrt(Math.max(0, left + right - 2 * both)) / (one + other);
    if (!(best && best.l2 <= l2)) best = { l1: apart / (leftSize + rightSize), l2, cosine: 1 - both / (one * other), lag };
  }
  return best;
}

interface Moved {
  /** (samples, channels) */
  readonly values: Float64Array;
  readonly known: Uint8Array;
}

/**
 * The template of a unit as channels would see it, had the tissue moved by so much more along y (kriging); `undefined` where
 * places of channels are not numbers.
 */
function movable(
  { sampleCount, channelCount, average, sparsity }: TemplateArray,
  at: Float64Array,
  unit: number,
  channels: Int32Array,
): ((byUm: number) => Moved) | undefined {
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
  const root = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      root[row * size + column] = kernel(apart(own[row], own[column], 0)) + (row === column ? ridge : 0);
    }
  }
  if (!cholesky(root, size)) return undefined;
  return (byUm) => {
    const values = new Float64Array(sampleCount * channels.length);
    const known = new Uint8Array(channels.length);
    for (const [place, channel] of channels.entries()) {
      // what stands at y after moving up by d stood at y − d before
      const squared = own.map((other) => apart(channel, other, -byUm));
      known[place] = squared.some((value) => value <= farthestUm ** 2) ? 1 : 0;
      const weights = Float64Array.from(squared, kernel);
      solveSquare(root, weights, size);
      for (let sample = 0; sample < sampleCount; sample += 1) {
        const base = (unit * sampleCount + sample) * channelCount;
        let value = 0;
        for (const [index, other] of own.entries()) value += weights[index] * average[base + other];
        values[sample * channels.length + place] = value;
      }
    }
    return { values, known };
  };
}
