import type { FloatArray } from '../extensions/data.ts';

/**
 * Sum of values `from` up to `to` in NumPy's order and precision (`add.reduce` over neighbours in memory): eight running sums
 * in blocks of 128, halves above that; every step rounded to the precision of the data. For results that hang on the last bit.
 */
export function pairwiseSum(values: FloatArray, from = 0, to = values.length): number {
  const round = values instanceof Float32Array ? Math.fround : same;
  const count = to - from;
  if (count < 8) {
    let sum = 0;
    for (let at = from; at < to; at += 1) sum = round(sum + values[at]);
    return sum;
  }
  if (count > 128) {
    const half = Math.floor(count / 2);
    const middle = from + half - (half % 8);
    return round(pairwiseSum(values, from, middle) + pairwiseSum(values, middle, to));
  }
  const parts = values.slice(from, from + 8);
  const whole = to - (count % 8);
  for (let at = from + 8; at < whole; at += 1) parts[(at - from) % 8] += values[at];
  const pair = (place: number) => round(parts[place] + parts[place + 1]);
  let sum = round(round(pair(0) + pair(2)) + round(pair(4) + pair(6)));
  for (let at = whole; at < to; at += 1) sum = round(sum + values[at]);
  return sum;
}

function same(value: number): number {
  return value;
}
