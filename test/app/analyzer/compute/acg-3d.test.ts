import { expect, it } from 'vitest';
import { acg3d } from '../../../../app/analyzer/compute/acg-3d.ts';
import { trainOf, unitTrains } from '../../../../app/analyzer/compute/unit-trains.ts';
import { openAnalyzer } from '../../../../app/analyzer/open.ts';
import { diskSource } from '../../../../main/core/files/disk-source.ts';
import { sha256 } from '../../../../main/core/files/sha256.ts';

const defaults = { windowMs: 50, binMs: 1, quantileCount: 10, smoothingMs: 250 };
/** Those of the stored one. */
const narrow = { windowMs: 20, binMs: 2, quantileCount: 3, smoothingMs: 250 };

it('counts every unit of an analyzer as SpikeInterface stored it', async () => {
  const view = await openAnalyzer(diskSource('test/fixtures/analyzers/everything/binary'), { sha256 });
  const stored = await view.extension('acgs_3d');
  const trains = await unitTrains(view);
  for (const unit of view.unitIds.keys()) {
    const own = view.segmentSampleCounts.map((_, segment) => trainOf(trains, unit, segment));
    const { acg, firingQuantilesHz, lagCount } = acg3d(own, narrow, view.samplingFrequencyHz);
    const size = stored.quantileCount * stored.lagCount;
    expect(lagCount).toBe(stored.lagCount);
    expect([...acg]).toEqual([...stored.acgs.subarray(unit * size, (unit + 1) * size)]);
    for (const [place, rate] of firingQuantilesHz.entries()) {
      expect(rate).toBeCloseTo(stored.firingQuantilesHz[unit * stored.quantileCount + place], 9);
    }
  }
  await view.close();
});

it('gives zeros, and no rates, where no segment has two spikes', () => {
  const { acg, firingQuantilesHz } = acg3d([Float64Array.of(100), new Float64Array(0)], defaults, 30_000);
  expect(acg.every((value) => value === 0)).toBe(true);
  expect([...firingQuantilesHz]).toEqual(new Array(10).fill(Number.NaN));
});

it('takes the bands of the first segment that has two spikes for the others too', () => {
  const slow = Float64Array.from({ length: 40 }, (_, spike) => spike * 3000);
  const fast = Float64Array.from({ length: 40 }, (_, spike) => spike * 300);
  const alone = acg3d([slow], defaults, 30_000);
  const both = acg3d([slow, fast], defaults, 30_000);
  expect([...both.firingQuantilesHz]).toEqual([...alone.firingQuantilesHz]);
  expect(both.acg.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(alone.acg.reduce((sum, value) => sum + value, 0));
});
