import { afterAll, describe, expect, it } from 'vitest';
import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import { presets } from '../../../app/candidates/presets.ts';
import { candidateSteps, stepById } from '../../../app/candidates/registry.ts';
import { type CandidateResult, findCandidates } from '../../../app/candidates/run.ts';
import { type ExpectedRun, expectedNumbers, expectedOf, firstDifference, openReference, referenceNames } from '../support/reference.ts';
import { stopAtLook } from '../support/stop-midway.ts';

const opened = new Map<string, Promise<AnalyzerView>>();
const open = (name: string): Promise<AnalyzerView> => {
  const known = opened.get(name);
  if (known) return known;
  const view = openReference(name);
  opened.set(name, view);
  return view;
};
afterAll(async () => {
  for (const view of opened.values()) await (await view).close();
});

const now = () => performance.now();

/** Names of outputs where ours stand apart from SpikeInterface's tuple or are not kept by it. */
function expectedOutputs(outs: Record<string, unknown>): [string, number[]][] {
  return Object.entries(outs).flatMap(([name, value]): [string, number[]][] => {
    if (name === 'cross_contaminations') {
      const { estimate, p_value: pValue } = value as { estimate: unknown; p_value: unknown };
      return [
        ['cross_contaminations', expectedNumbers(estimate)],
        ['cross_contaminations_p_value', expectedNumbers(pValue)],
      ];
    }
    return [[name, expectedNumbers(value)]];
  });
}

// The files of older versions name the call only; it is the same call everywhere.
const called = expectedOf('splits').candidates;

describe('candidates', () => {
  for (const name of referenceNames) {
    const runs = Object.entries(expectedOf(name).candidates);
    it(`equal SpikeInterface's pairs and groups on ${name}, or say what is missing`, async () => {
      const view = await open(name);
      const withoutTemplates = !view.has('templates') && !view.has('waveforms');
      let compared = 0;
      for (const [run, expected] of runs) {
        const { steps, steps_params: params } = called[run];
        const request = { steps, params, resolveGraph: true };
        const needsTraces = Boolean(expected.error) || (withoutTemplates && steps.some((step) => needsTemplates.has(step)));
        if (needsTraces) {
          await expect(findCandidates(view, request, { now }), run).rejects.toMatchObject({ kind: 'analyzer.missingExtension' });
          continue;
        }
        const ids = (groups: readonly (readonly number[])[]): UnitId[][] => groups.map((group) => group.map((unit) => view.unitIds[unit]));
        const afterStep: UnitId[][][] = [];
        const result = await findCandidates(view, request, { now, onPairs: (_, pairs) => afterStep.push(ids(pairs)) });
        expect(ids(result.pairs), run).toEqual(expected.pairs);
        if (expected.groups) expect(ids(result.groups), run).toEqual(expected.groups);
        for (const [index, step] of (expected.after_each_step ?? []).entries()) {
          expect(result.steps[index]).toMatchObject({ id: step.step, out: step.num_pairs });
          if (Array.isArray(step.pairs)) expect(afterStep[index], `${run} after ${step.step}`).toEqual(step.pairs);
        }
        compared += 1;
      }
      if (name !== 'with-recording') expect(compared).toBeGreaterThanOrEqual(10);
    });
  }

  for (const name of ['splits', 'tutorial', 'multisegment']) {
    const runs = Object.entries(expectedOf(name).candidates).filter(([, expected]) => !expected.error);
    it(`leave the same numbers behind at every step on ${name}`, async () => {
      const view = await open(name);
      let compared = 0;
      for (const [run, expected] of runs) {
        const result = await findCandidates(
          view,
          { steps: expected.steps, params: expected.steps_params, resolveGraph: false },
          { now, largeOutputs: true },
        );
        for (const [output, numbers] of expectedOutputs(expected.outs ?? {})) {
          const actual = outputOf(result, output, view);
          expect(firstDifference(actual, numbers), `${run}: ${output}`).toBeUndefined();
          compared += 1;
        }
      }
      expect(compared).toBeGreaterThan(20);
    });
  }

  const needsTemplates = new Set(['template_similarity', 'unit_locations', 'snr', 'knn', 'slay_score']);

  function outputOf(result: CandidateResult, output: string, view: AnalyzerView): ArrayLike<number> {
    const actual = result.outputs[output];
    if (output !== 'pairs_decreased_score') return actual;
    return [...actual].map((unit) => Number(view.unitIds[unit]));
  }
});

describe('a run of candidate steps', () => {
  it('reports what it computed because it was missing', async () => {
    const view = await open('tutorial');
    expect(view.has('template_similarity')).toBe(false);
    const { computed, steps } = await findCandidates(view, { steps: ['template_similarity'], resolveGraph: true }, { now });
    expect(computed).toEqual(['template_similarity']);
    expect(steps).toEqual([expect.objectContaining({ id: 'template_similarity', title: 'Template similarity', in: 15, out: 0 })]);
    expect(steps[0].ms).toBeGreaterThanOrEqual(0);
  });

  it('uses the preset similarity_correlograms where nothing is asked for', async () => {
    const view = await open('splits');
    const { steps, groups } = await findCandidates(view, { resolveGraph: true }, { now });
    expect(steps.map((step) => step.id)).toEqual(presets[0].steps);
    expect(groups.map((group) => group.map((unit) => view.unitIds[unit]))).toEqual(
      expectedOf('splits').candidates['similarity_correlograms'].groups,
    );
  });

  it('gives pairs as groups where the graph is not resolved', async () => {
    const view = await open('splits');
    const { pairs, groups } = await findCandidates(view, { preset: 'x_contaminations', resolveGraph: false }, { now });
    expect(groups).toEqual(pairs);
  });

  it('announces each step before it runs', async () => {
    const view = await open('splits');
    const told: string[] = [];
    await findCandidates(
      view,
      { preset: 'slay', resolveGraph: false },
      { now, onStep: (id, index, total) => told.push(`${index + 1}/${total} ${id}`) },
    );
    expect(told).toEqual(['1/2 template_similarity', '2/2 slay_score']);
  });

  it('refuses unknown presets, steps and parameters by name', async () => {
    const view = await open('tutorial');
    const run = (request: object) => findCandidates(view, { resolveGraph: true, ...request }, { now });
    await expect(run({ preset: 'magic' })).rejects.toThrow(/no preset magic.*similarity_correlograms/);
    await expect(run({ steps: ['magic'] })).rejects.toThrow(/no step magic/);
    await expect(run({ steps: [], params: { magic: {} } })).rejects.toThrow(/no step magic/);
    await expect(run({ steps: ['num_spikes'], params: { num_spikes: { min_spike: 3 } } })).rejects.toThrow(/min_spike/);
    await expect(run({ steps: ['num_spikes'], params: { num_spikes: { min_spikes: 'many' } } })).rejects.toThrow(/num_spikes\.min_spikes/);
  });

  it('refuses stretches so short that counting spikes in them would fill the memory', async () => {
    const view = await open('splits');
    const run = (seconds: number) =>
      findCandidates(
        view,
        { steps: ['presence_distance'], params: { presence_distance: { bin_duration_s: seconds } }, resolveGraph: false },
        { now },
      );
    await expect(run(1e-7)).rejects.toMatchObject({ kind: 'input.invalid', details: { field: 'presence_distance.bin_duration_s' } });
    expect((await run(0.5)).steps[0].in).toBe(496);
  });

  it('names the step that has to come first', async () => {
    const view = await open('splits');
    for (const [step, earlier] of [
      ['quality_score', 'remove_contaminated'],
      ['cross_contamination', 'remove_contaminated'],
      ['slay_score', 'template_similarity'],
    ]) {
      await expect(findCandidates(view, { steps: [step], resolveGraph: true }, { now })).rejects.toThrow(
        `${step} needs ${earlier} before it`,
      );
    }
  });

  it('stops in the middle of a long step', async () => {
    const view = await openReference('splits');
    const running = findCandidates(view, { steps: ['knn'], resolveGraph: true }, { now, signal: stopAtLook(20) });
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
    await view.close();
  });

  it('does not change the stored correlograms', async () => {
    const view = await openReference('splits');
    const before = (await view.extension('correlograms')).ccgs.slice();
    await findCandidates(view, { preset: 'similarity_correlograms', resolveGraph: true }, { now, largeOutputs: true });
    expect((await view.extension('correlograms')).ccgs).toEqual(before);
    await view.close();
  });
});

describe('the registry of steps', () => {
  it("has SpikeInterface's steps with its defaults", () => {
    const defaults = Object.fromEntries(candidateSteps.map((step) => [step.id, step.params.parse({})]));
    expect(defaults).toEqual({
      num_spikes: { min_spikes: 100 },
      snr: { min_snr: 2 },
      remove_contaminated: { contamination_thresh: 0.2, refractory_period_ms: 1, censored_period_ms: 0.3 },
      unit_locations: { max_distance_um: 150 },
      correlogram: { corr_diff_thresh: 0.16, censor_correlograms_ms: 0.15, sigma_smooth_ms: 0.6, adaptative_window_thresh: 0.5 },
      template_similarity: { similarity_method: 'l1', template_diff_thresh: 0.25 },
      presence_distance: { presence_distance_thresh: 100, bin_duration_s: 2 },
      cross_contamination: { cc_thresh: 0.1, p_value: 0.2, refractory_period_ms: 1, censored_period_ms: 0.3 },
      knn: { k_nn: 10 },
      quality_score: { firing_contamination_balance: 1.5, refractory_period_ms: 1, censored_period_ms: 0.3 },
      slay_score: { k1: 0.25, k2: 1, slay_threshold: 0.5 },
    });
  });

  it('knows every step of every preset', () => {
    const runs: Record<string, ExpectedRun> = expectedOf('splits').candidates;
    for (const preset of presets) {
      expect(preset.steps).toEqual(runs[preset.id].steps);
      for (const step of preset.steps) expect(stepById(step)?.id).toBe(step);
    }
  });
});
