import { expect, it } from 'vitest';
import {
  similarityMethods,
  similaritySupports,
  type TemplateArray,
  templateDistance,
  templateSimilarity,
} from '../../../../app/analyzer/compute/template-similarity.ts';

/** Six units on five channels, two of them alike, one silent, one with something left outside its mask. */
function templates(sparse: boolean): TemplateArray {
  const [unitCount, sampleCount, channelCount] = [6, 20, 5];
  const mask = Uint8Array.from([1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 0, 1]);
  const average = new Float32Array(unitCount * sampleCount * channelCount);
  for (let unit = 0; unit < unitCount; unit += 1) {
    for (let sample = 0; sample < sampleCount; sample += 1) {
      for (let channel = 0; channel < channelCount; channel += 1) {
        const height = -50 * Math.exp(-((sample - 9 - (unit % 3)) ** 2) / 6) * (1 + ((unit * 7 + channel * 3) % 5));
        const stray = unit === 1 && channel === 4;
        const isOn = unit !== 4 && (!sparse || mask[unit * channelCount + channel] === 1 || stray);
        average[(unit * sampleCount + sample) * channelCount + channel] = isOn ? height : 0;
      }
    }
  }
  return { average, unitCount, sampleCount, channelCount, sparsity: sparse ? { unitCount, channelCount, mask } : undefined };
}

const cases = [true, false].flatMap((sparse) =>
  similarityMethods.flatMap((method) =>
    similaritySupports.flatMap((support) => [0, 3].map((shiftCount) => ({ sparse, method, support, shiftCount }))),
  ),
);

it.each(cases)('of all pairs is that of each: $method, $support, lag $shiftCount, sparse $sparse', async ({ sparse, ...params }) => {
  const array = templates(sparse);
  const similarity = await templateSimilarity(array, params);
  for (let first = 0; first < array.unitCount; first += 1) {
    for (let second = first; second < array.unitCount; second += 1) {
      const one = 1 - templateDistance(array, first, second, params, 'negative').distance;
      for (const value of [similarity[first * array.unitCount + second], similarity[second * array.unitCount + first]]) {
        if (Number.isNaN(one)) expect(value).toBeNaN();
        else expect(Math.abs(value - one)).toBeLessThan(1e-6);
      }
    }
  }
});
