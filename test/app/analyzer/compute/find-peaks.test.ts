import { expect, it } from 'vitest';
import { findPeaks } from '../../../../app/analyzer/compute/find-peaks.ts';

it('finds the middle of flat tops, and no peak at the ends', () => {
  expect(findPeaks(Float64Array.of(5, 1, 3, 3, 3, 1, 2, 9), 0).map(({ place }) => place)).toEqual([3]);
  expect(findPeaks(Float64Array.of(0, 2, 2, 2), 0)).toEqual([]);
  expect(findPeaks(new Float64Array(0), 0)).toEqual([]);
});

it('measures prominence from the higher valley and width at half of it', () => {
  // scipy.signal.find_peaks([0, 4, 1, 3, 2, 6, 0], prominence=0, width=0)
  const peaks = findPeaks(Float64Array.of(0, 4, 1, 3, 2, 6, 0), 0);
  expect(peaks.map(({ prominence }) => prominence)).toEqual([3, 1, 6]);
  expect(peaks[0]).toMatchObject({ left: 0.625, right: 1.5 });
  expect(peaks[0].right).toBeCloseTo(1 + 1.5 / 3, 12);
  expect(peaks[2].width).toBeCloseTo(5.5 - 4.25, 12);
  expect(findPeaks(Float64Array.of(0, 4, 1, 3, 2, 6, 0), 3).map(({ place }) => place)).toEqual([1, 5]);
});
