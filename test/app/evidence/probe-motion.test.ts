import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnalyzerView } from '../../../app/analyzer/view.ts';
import { measurePair } from '../../../app/evidence/measure.ts';
import { probeMotion } from '../../../app/evidence/measured/probe-motion.ts';
import { openReference } from '../support/reference.ts';

let view: AnalyzerView;
beforeAll(async () => {
  view = await openReference('splits');
});
afterAll(() => view.close());

/** The demo as it would look on a probe that moves: every position along y changed by what `motionUm` says for its time. */
function moved(motionUm: (timeS: number, yUm: number) => number): AnalyzerView {
  return new Proxy(view, {
    get: (target, name) => {
      if (name !== 'extension') {
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return async (id: string) => {
        const data: unknown = await target.extension(id as 'spike_locations');
        if (id !== 'spike_locations') return data;
        const { xUm, yUm } = data as { xUm: Float64Array; yUm: Float64Array };
        const { sampleIndex } = await target.spikes();
        return {
          ...(data as object),
          xUm,
          yUm: Float64Array.from(yUm, (y, row) => y + motionUm(sampleIndex[row] / target.samplingFrequencyHz, y)),
        };
      };
    },
  });
}

async function estimated(on: AnalyzerView, yUm = 170): Promise<number[]> {
  const { displacementUm } = await probeMotion(on);
  return Array.from({ length: 24 }, (_, place) => displacementUm((5 * place + 2.5) * on.samplingFrequencyHz, yUm));
}

const timesS = Array.from({ length: 24 }, (_, place) => 5 * place + 2.5);

function apart(found: readonly number[], wanted: readonly number[]): number {
  const level = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [a, b] = [level(found), level(wanted)];
  return Math.sqrt(level(found.map((value, place) => (value - a - (wanted[place] - b)) ** 2)));
}

describe('the motion of the probe', () => {
  it('is nothing where nothing moves', async () => {
    for (const value of await estimated(view)) expect(Math.abs(value)).toBeLessThan(1);
  });

  it('is found from the spikes, slow or in jumps', async () => {
    const slow = (timeS: number) => 20 * Math.sin(timeS / 15);
    expect(apart(await estimated(moved(slow)), timesS.map(slow))).toBeLessThan(2);
    const jumps = (timeS: number) => (timeS < 50 ? 0 : timeS < 80 ? 25 : -15);
    expect(apart(await estimated(moved(jumps)), timesS.map(jumps))).toBeLessThan(3);
  });

  it('is found at each depth where the tissue stretches', async () => {
    const stretching = (timeS: number, yUm: number) => 24 * Math.sin(timeS / 15) * (0.3 + yUm / 480);
    const on = moved(stretching);
    for (const depth of [60, 280]) {
      const wanted = timesS.map((timeS) => stretching(timeS, depth));
      expect(apart(await estimated(on, depth), wanted)).toBeLessThan(4.5);
    }
    const swing = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
    expect(swing(await estimated(on, 280))).toBeGreaterThan(1.25 * swing(await estimated(on, 60)));
  });

  it('brings two cells no nearer where there is none', async () => {
    for (let second = 1; second < view.unitIds.length; second += 6) {
      const still = await measurePair(view, { first: 0, second });
      const moving = await measurePair(
        moved((timeS) => 20 * Math.sin(timeS / 15)),
        { first: 0, second },
      );
      expect(moving['drift_corrected_distance_um'] ?? Number.NaN).toBeCloseTo(still['drift_corrected_distance_um'] ?? Number.NaN, -1);
    }
  });
});

describe('numbers at equal places', () => {
  it('are as over the whole recording where nothing moves', async () => {
    const numbers = await measurePair(view, { first: view.indexOf(3), second: view.indexOf(41) });
    expect(numbers['pca_d_prime_at_equal_places'] ?? Number.NaN).toBeCloseTo(numbers['pca_d_prime'] ?? Number.NaN, 0);
    expect(numbers['template_distance_moved'] ?? Number.NaN).toBeLessThanOrEqual(
      (numbers['template_distance_cosine'] ?? Number.NaN) + 0.01,
    );
  });

  it('are not said without positions', async () => {
    const without = new Proxy(view, {
      get: (target, name) => {
        if (name === 'has') return (extension: string) => extension !== 'spike_locations' && target.has(extension);
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const numbers = await measurePair(without, { first: 0, second: 1 });
    expect(numbers['template_distance_moved']).toBeNull();
    expect(numbers['pca_d_prime_at_equal_places']).toBeNull();
    expect(numbers['amplitude_gap_at_equal_places']).toBeNull();
  });
});
