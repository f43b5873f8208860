import { describe, expect, it } from 'vitest';
import { allCorrelograms, correlogramBins, correlogramOfPair, correlogramsOf } from '../../../../app/analyzer/compute/correlograms.ts';
import { unitTrains } from '../../../../app/analyzer/compute/unit-trains.ts';
import { expectedNumbers, expectedOf, firstDifference, openReference } from '../../support/reference.ts';
import { stopAtLook } from '../../support/stop-midway.ts';

describe('correlograms counted from the spikes', () => {
  for (const name of ['splits', 'tutorial', 'multisegment']) {
    it(`equal SpikeInterface's for every window and bin on ${name}, all at once and pair by pair`, async () => {
      const view = await openReference(name);
      const trains = await unitTrains(view);
      let compared = 0;
      for (const [key, expected] of Object.entries(expectedOf(name).correlograms ?? {})) {
        const parts = /^([\d.]+)ms\/([\d.]+)ms$/.exec(key);
        if (!parts) continue;
        const bins = correlogramBins(Number(parts[1]), Number(parts[2]), view.samplingFrequencyHz);
        const counts = expectedNumbers(expected['ccgs']);
        expect(firstDifference(bins.edgesMs, expectedNumbers(expected['bins_ms'])), key).toBeUndefined();
        expect(firstDifference(await allCorrelograms(view, bins), counts), key).toBeUndefined();
        const [first, second] = [1, view.unitIds.length - 1];
        for (const [a, b] of [
          [first, second],
          [second, first],
          [first, first],
        ]) {
          const start = (a * view.unitIds.length + b) * bins.binCount;
          expect([...correlogramOfPair(trains, a, b, bins)], `${key} ${a} ${b}`).toEqual(counts.slice(start, start + bins.binCount));
        }
        compared += 1;
      }
      expect(compared).toBe(3);
      await view.close();
    });
  }

  it('stand in for an extension that is missing', async () => {
    const view = await openReference('with-recording');
    expect(view.has('correlograms')).toBe(false);
    const { computed, binCount, edgesMs, row } = await correlogramsOf(view);
    expect([computed, binCount, edgesMs[0], edgesMs[50]]).toEqual([true, 50, -25, 25]);
    expect(row(0, 0).some((count) => count > 0)).toBe(true);
    await view.close();
  });

  it('are refused where a bin is less than a sample', () => {
    expect(() => correlogramBins(50, 0.01, 30_000)).toThrow(/has no bin/);
  });

  it('stop when cancelled', async () => {
    const view = await openReference('splits');
    const running = allCorrelograms(view, correlogramBins(2000, 1, view.samplingFrequencyHz), { signal: stopAtLook(20) });
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
    await view.close();
  });
});
