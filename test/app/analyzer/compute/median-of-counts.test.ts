import { expect, it } from 'vitest';
import { medianInPlace } from '../../../../app/analyzer/compute/median.ts';
import { type CountArray, CountDeviation } from '../../../../app/analyzer/compute/median-of-counts.ts';

function sorted(samples: CountArray, first: number, step: number, scaled: (count: number) => number, single: boolean): number {
  const column = Array.from(samples).filter((_, at) => at >= first && (at - first) % step === 0);
  const values = single ? Float32Array.from(column, scaled) : Float64Array.from(column, scaled);
  const middle = medianInPlace(values);
  return medianInPlace(values.map((value) => Math.abs(value - middle)));
}

function random(count: number, low: number, high: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return low + Math.floor((state / 2147483647) * (high - low + 1));
  });
}

const columns: [string, CountArray][] = [
  ['noise', Int16Array.from(random(2998, -40, 40, 1))],
  ['a wide range', Int16Array.from(random(301, -32768, 32767, 2))],
  ['unsigned counts', Uint16Array.from(random(500, 0, 65535, 3))],
  ['bytes', Int8Array.from(random(77, -128, 127, 4))],
  ['unsigned bytes', Uint8Array.from(random(78, 0, 255, 5))],
  ['one value only', Int16Array.from([7, 7, 7, 7, 7, 7])],
  ['two far values', Int16Array.from([-32768, -32768, 32767, 32767])],
  ['a single sample each', Int16Array.from([5, -3, 0])],
];

it.each(columns)('is the deviation of the sorted values, bit for bit: %s', (_, samples) => {
  const gain = Math.fround(0.195);
  const offset = Math.fround(-12.5);
  const counted = new CountDeviation();
  for (const step of [1, 2, 3]) {
    for (let first = 0; first < step && first < samples.length; first += 1) {
      const scales = [(count: number) => Math.fround(Math.fround(count * gain) + offset), (count: number) => Math.fround(count * -gain)];
      for (const scaled of scales) expect(counted.of(samples, first, step, scaled, true)).toBe(sorted(samples, first, step, scaled, true));
      const same = (count: number) => count;
      expect(counted.of(samples, first, step, same, false)).toBe(sorted(samples, first, step, same, false));
    }
  }
});

it('is no number where there is no sample', () => {
  expect(new CountDeviation().of(new Int16Array(0), 0, 1, (count) => count, false)).toBeNaN();
});
