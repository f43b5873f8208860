import { expect, it } from 'vitest';
import { amplitudeVariation } from '../../../../app/analyzer/compute/amplitude-variation.ts';
import { binnedCounts } from '../../../../app/analyzer/compute/binned-counts.ts';
import { drift } from '../../../../app/analyzer/compute/drift.ts';
import { noiseCutoff } from '../../../../app/analyzer/compute/noise-cutoff.ts';
import { numpyHistogram } from '../../../../app/analyzer/compute/numpy-histogram.ts';
import { pairwiseSum } from '../../../../app/analyzer/compute/pairwise-sum.ts';
import { quantiles } from '../../../../app/analyzer/compute/quantiles.ts';
import { slidingContamination } from '../../../../app/analyzer/compute/sliding-refractory.ts';
import { synchronyCounts } from '../../../../app/analyzer/compute/synchrony.ts';
import { draws } from './draws.ts';

// Expected values are those of NumPy 2.4 and SpikeInterface 0.105.3 on the same numbers.
const [one, two, three] = [7, 8, 9].map((seed) => draws(1500, seed));
const amplitudes = Float32Array.from(one, (value, at) => Math.fround(value + two[at] + three[at]) * 40);

function trainOf(shortestSamples: number): Float64Array {
  let time = 0;
  return draws(3000, 3).map((draw) => {
    time += Math.trunc(shortestSamples + draw * 600);
    return time;
  });
}

it('adds up single precision in the order of NumPy', () => {
  expect([5, 77, 1500].map((count) => pairwiseSum(amplitudes, 0, count))).toEqual([266.4444885253906, 4516.46435546875, 89644.859375]);
  expect(pairwiseSum(Float64Array.from(amplitudes))).toBe(89644.85985326767);
});

it('counts in bins with edges in single precision', () => {
  const { counts, edges } = numpyHistogram(amplitudes, 20);
  expect([...counts]).toEqual([12, 7, 26, 35, 49, 58, 126, 124, 165, 179, 160, 171, 138, 89, 44, 43, 30, 20, 16, 8]);
  expect([0, 1, 7, 20].map((edge) => edges[edge])).toEqual([4.247915267944336, 9.893366813659668, 43.766075134277344, 117.15694427490234]);
});

it('interpolates quantiles, and has none of values that are not numbers', () => {
  expect(quantiles(amplitudes, [0.05, 0.3, 0.77])).toEqual([26.31377010345459, 49.6838794708252, 73.90990661621093].map(Math.fround));
  expect(quantiles(Float64Array.of(1, Number.NaN, 3), [0.5])).toEqual([Number.NaN]);
  expect(quantiles(new Float64Array(0), [0.5])).toEqual([Number.NaN]);
  expect(quantiles(Float64Array.of(4), [0, 0.5, 1])).toEqual([4, 4, 4]);
});

it('measures where an amplitude distribution is cut off', () => {
  const { cutoff, ratio } = noiseCutoff(amplitudes, { highQuantile: 0.25, lowQuantile: 0.1, binCount: 100 });
  expect(cutoff).toBeCloseTo(-0.43489771973459757, 12);
  expect(ratio).toBeCloseTo(0.11620294599018004, 12);
});

it('finds the smallest contamination that a refractory period rules out', () => {
  const params = { binMs: 0.25, windowS: 1, excludeBelowMs: 0.5, longestMs: 10 };
  expect(slidingContamination([trainOf(20)], 939_203 / 30_000, 30_000, params)).toBe(0.065);
  expect(slidingContamination([trainOf(45)], 1_014_203 / 30_000, 30_000, params)).toBe(0.005);
  expect(slidingContamination([trainOf(20).subarray(0, 5)], 60, 30_000, params)).toBeNaN();
});

it('measures how amplitudes vary within bins of time', () => {
  const train = trainOf(45);
  const segment = { train, values: Float32Array.from(draws(3000, 5), (draw) => 10 + draw), sampleCount: train[2999] + 1 };
  const { median, range } = amplitudeVariation([segment], { spikesPerBin: 50, percentiles: [5, 95], leastBins: 10 }, 30_000);
  expect(Math.abs(range / 0.0061727408319711685 - 1)).toBeLessThan(1e-5);
  expect(median).toBeCloseTo(0.026964500546455383, 8);
});

it('counts samples that units share once a unit, in each segment for itself', () => {
  const columns = {
    count: 7,
    sampleIndex: Float64Array.of(5, 5, 5, 9, 9, 4, 4),
    unitIndex: Int32Array.of(0, 1, 1, 0, 2, 2, 0),
    segmentIndex: Int32Array.of(0, 0, 0, 0, 1, 1, 1),
    rows: new Int32Array(7),
    offsets: new Int32Array(4),
  };
  expect([...synchronyCounts(columns, 3).subarray(0, 3)]).toEqual([2, 1, 1]);
});

it('starts bins anew with each segment and closes the last one', () => {
  expect(binnedCounts([Float64Array.of(0, 9, 10, 24), Float64Array.of(0, 20)], [25, 20], 10)).toEqual(Float64Array.of(2, 1, 1, 1));
  expect(binnedCounts([Float64Array.of(1)], [5], 10)).toBeUndefined();
});

it('measures drift between intervals with spikes enough, and none where too many have too few', () => {
  const train = Float64Array.from({ length: 40 }, (_, spike) => spike * 10);
  const values = Float32Array.from(train, (sample) => (sample < 200 ? 10 : 14));
  const params = { intervalS: 1, leastSpikes: 5, validShare: 0.5, leastBins: 2 };
  expect(drift([{ train, values, sampleCount: 400 }], params, 100)).toEqual({ peakToPeakUm: 4, deviationUm: 2, medianDeviationUm: 2 });
  expect(drift([{ train, values, sampleCount: 400 }], { ...params, leastSpikes: 11 }, 100).peakToPeakUm).toBeNaN();
  expect(drift([{ train, values, sampleCount: 150 }], params, 100).peakToPeakUm).toBeNaN();
});
