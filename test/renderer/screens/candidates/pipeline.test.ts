import { describe, expect, test } from 'vitest';
import { isInside } from '../../../../app/contract/outline.ts';
import { axisOf, boxOf, tickText } from '../../../../renderer/screens/candidates/lasso.ts';
import {
  type Catalog,
  choiceName,
  choiceNamed,
  pipelineOf,
  problemsOf,
  requestOf,
  withMoved,
  withParameter,
} from '../../../../renderer/screens/candidates/pipeline.ts';
import { whyNotSentence } from '../../../../renderer/screens/candidates/why-not-words.ts';

const parameter = {
  name: 'min_snr',
  kind: 'number' as const,
  description: '',
  default: 2,
  aboveLeast: false,
  choices: [] as string[],
};
const step = (id: string, missing: string[] = []) => ({
  id,
  title: id,
  purpose: '',
  missing,
  computes: [],
  params: [parameter],
});
const catalog: Catalog = {
  presets: [{ id: 'slay', title: '', purpose: '', steps: ['template_similarity', 'slay_score'] }],
  steps: [step('snr', ['noise_levels']), step('template_similarity'), step('slay_score'), step('quality_score')],
  pipelines: [{ name: 'a:b', steps: ['snr'], params: { snr: { min_snr: 3 } }, resolveGraph: true }],
};
const more = { sessionId: 's', resolveGraph: false, unite: false };

describe('a pipeline', () => {
  test('a choice survives being the value of a list', () => {
    for (const choice of [
      { kind: 'similarity' },
      { kind: 'own' },
      { kind: 'preset', id: 'slay' },
      { kind: 'pipeline', name: 'a:b' },
    ] as const)
      expect(choiceNamed(choiceName(choice))).toEqual(choice);
  });

  test('keeps only what differs from the defaults', () => {
    const changed = withParameter({}, 'snr', parameter, 3);
    expect(changed).toEqual({ snr: { min_snr: 3 } });
    expect(withParameter(changed, 'snr', parameter, 2)).toEqual({});
  });

  test('a preset is asked by its name until its steps are changed', () => {
    const choice = { kind: 'preset', id: 'slay' } as const;
    const pipeline = pipelineOf(catalog, choice, { stepIds: [], params: {} });
    expect(requestOf(catalog, choice, pipeline, more)).toEqual({ ...more, preset: 'slay', params: {} });
    const stepIds = withMoved(pipeline.stepIds, 'slay_score', -1);
    expect(stepIds).toEqual(['slay_score', 'template_similarity']);
    expect(requestOf(catalog, choice, { stepIds, params: { snr: { min_snr: 1 } } }, more)).toEqual({ ...more, steps: stepIds, params: {} });
  });

  test('a saved one comes back with its parameters and is named', () => {
    const choice = { kind: 'pipeline', name: 'a:b' } as const;
    const pipeline = pipelineOf(catalog, choice, { stepIds: [], params: {} });
    expect(requestOf(catalog, choice, pipeline, more)).toEqual({
      ...more,
      steps: ['snr'],
      pipeline: 'a:b',
      params: { snr: { min_snr: 3 } },
    });
  });

  test('says what is missing or out of order', () => {
    expect(problemsOf(catalog, [])).toEqual(['Add a step.']);
    expect(problemsOf(catalog, ['snr'])).toEqual(['snr needs noise_levels, which this analyzer lacks.']);
    expect(problemsOf(catalog, ['slay_score', 'template_similarity'])).toEqual(['slay_score needs template_similarity before it.']);
    expect(problemsOf(catalog, ['template_similarity', 'slay_score'])).toEqual([]);
  });
});

test('a lasso holds what lies inside its outline', () => {
  const outline = boxOf([0, 0], [10, 5]);
  expect(isInside([5, 2], outline)).toBe(true);
  expect(isInside([5, 6], outline)).toBe(false);
  expect(isInside([5, 2], [])).toBe(false);
});

test('an axis holds every value and has round ticks', () => {
  const { from, to, ticks } = axisOf([0.013, 0.92], 5);
  expect(from).toBeLessThan(0.013);
  expect(to).toBeGreaterThan(0.92);
  expect(ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
  expect(axisOf([], 5)).toEqual({ from: 0, to: 1, step: 1, ticks: [0, 1] });
  expect([tickText(0.1, 0.02), tickText(-2, 1), tickText(0.5, 0.5), tickText(30, 10)]).toEqual(['0.10', '−2', '0.5', '30']);
  expect(axisOf([3, 3], 5).ticks).toContain(3);
});

describe('"why not?" is answered in a sentence', () => {
  const finding = {
    what: 'template difference',
    value: 0.31239,
    parameter: 'template_diff_thresh',
    must: 'be below',
    limit: 0.25,
    unit: '',
    passes: false,
  } as const;
  const answer = (outcome: 'dropped' | 'kept', isJoined = false) => ({
    units: [3, 'x'] as [number, string],
    isPair: outcome === 'kept',
    isJoined,
    steps: [{ id: 'template_similarity', title: '', outcome, findings: [{ ...finding }] }],
  });
  test('with the step, the value and the limit', () => {
    expect(whyNotSentence(answer('dropped'))).toBe(
      '3 and x were dropped by template_similarity: template difference 0.3124, must be below 0.25 (template_diff_thresh).',
    );
    expect(whyNotSentence(answer('kept'))).toBe('3 and x are a candidate: they passed every step.');
    expect(whyNotSentence(answer('dropped', true))).toContain('joined over another unit');
  });
});
