import { describe, expect, it } from 'vitest';
import { isObtainable } from '../../../../app/analyzer/compute/obtainable.ts';
import { signalToNoise } from '../../../../app/analyzer/compute/signal-to-noise.ts';
import { templatesOf } from '../../../../app/analyzer/compute/templates.ts';
import { unitLocationsOf } from '../../../../app/analyzer/compute/unit-locations.ts';
import type { AnalyzerView } from '../../../../app/analyzer/view.ts';
import { missingForStep } from '../../../../app/candidates/missing.ts';
import { candidateSteps } from '../../../../app/candidates/registry.ts';
import { firstDifference, openReference } from '../../support/reference.ts';

/** The same analyzer as if some extensions had never been computed. */
function without(view: AnalyzerView, ...missing: string[]): AnalyzerView {
  return new Proxy(view, {
    get: (target, name) => {
      if (name === 'has') return (extension: string) => !missing.includes(extension) && target.has(extension);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('extensions computed because they are missing', () => {
  for (const name of ['splits', 'multisegment', 'legacy-0.104.9-binary']) {
    it(`place units where SpikeInterface's triangulation does on ${name}`, async () => {
      const view = await openReference(name);
      const stored = await unitLocationsOf(view);
      const computed = await unitLocationsOf(without(view, 'unit_locations'));
      expect([stored.computed, computed.computed]).toEqual([false, true]);
      expect(firstDifference(computed.xyUm, [...stored.xyUm], 0.03)).toBeUndefined();
      await view.close();
    });
  }

  it('give the signal-to-noise ratio of the quality metrics', async () => {
    for (const name of ['splits', 'multisegment']) {
      const view = await openReference(name);
      const stored = await signalToNoise(view);
      const computed = await signalToNoise(without(view, 'quality_metrics'));
      expect([stored.computed, computed.computed]).toEqual([false, true]);
      expect(firstDifference(computed.snr, [...stored.snr])).toBeUndefined();
      await view.close();
    }
  });

  it('average the waveforms where there are no templates', async () => {
    const view = await openReference('multisegment');
    const stored = await templatesOf(view);
    const computed = await templatesOf(without(view, 'templates'));
    expect([stored.computed, computed.computed]).toEqual([false, true]);
    expect(firstDifference(computed.average, [...stored.average], 1e-3)).toBeUndefined();
    await view.close();
  });

  it('count as there, for steps and numbers alike', async () => {
    const tutorial = await openReference('tutorial');
    const bare = await openReference('with-recording');
    expect(isObtainable(tutorial, 'unit_locations')).toBe(true);
    expect(isObtainable(bare, 'correlograms')).toBe(true);
    expect(isObtainable(bare, 'unit_locations')).toBe(false);
    const missing = Object.fromEntries(candidateSteps.map((step) => [step.id, missingForStep(tutorial, step)]));
    expect(missing).toMatchObject({ snr: ['noise_levels'], unit_locations: [], correlogram: [], template_similarity: [], knn: [] });
    await tutorial.close();
    await bare.close();
  });
});
