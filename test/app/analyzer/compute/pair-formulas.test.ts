import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { correlogramsOf } from '../../../../app/analyzer/compute/correlograms.ts';
import { presenceDistance, presenceHistogram } from '../../../../app/analyzer/compute/presence-distance.ts';
import { computedSimilarity } from '../../../../app/analyzer/compute/similarity-of-view.ts';
import { correlogramSignificance, refractoryViolationConfidence } from '../../../../app/analyzer/compute/slay.ts';
import { unitTrains } from '../../../../app/analyzer/compute/unit-trains.ts';
import type { AnalyzerView } from '../../../../app/analyzer/view.ts';
import { measurePair } from '../../../../app/evidence/measure.ts';
import { type ExpectedPair, expectedOf, openReference } from '../../support/reference.ts';

describe.each(['splits', 'multisegment'])('the formulas about a pair on %s', (name) => {
  let view: AnalyzerView;
  let pairs: readonly { first: number; second: number; expected: ExpectedPair }[];
  beforeAll(async () => {
    view = await openReference(name);
    pairs = (expectedOf(name).pair_numbers?.pairs ?? []).map((expected) => ({
      first: view.indexOf(expected.pair[0]),
      second: view.indexOf(expected.pair[1]),
      expected,
    }));
    expect(pairs.length).toBeGreaterThan(0);
  });
  afterAll(() => view.close());

  it('give the cross-contamination and its p-value, with the contamination of the first unit', async () => {
    for (const { first, second, expected } of pairs) {
      const want = expected.with_C1_from_rp_violation;
      if (first > second || !want) continue;
      const numbers = await measurePair(view, { first, second });
      expect(numbers['cross_contamination']).toBeCloseTo(want.cross_contamination, 7);
      expect(numbers['cross_contamination_p_value']).toBeCloseTo(want.p_value, 7);
    }
  });

  it('give the presence distance in seconds', async () => {
    const trains = await unitTrains(view);
    for (const { first, second, expected } of pairs) {
      const [a, b] = [first, second].map((unit) => presenceHistogram(trains, unit, 2, view.samplingFrequencyHz));
      expect(presenceDistance(a, b, 2)).toBeCloseTo(expected.presence_distance, 9);
    }
  });

  it("give SLAy's dip, violations and score", async () => {
    const { row } = await correlogramsOf(view);
    const similarity = await computedSimilarity(view, { method: 'l1', support: 'union', maxLagMs: 0 });
    let compared = 0;
    for (const { first, second, expected } of pairs) {
      if (!expected.slay) continue;
      const counts = row(first, second);
      const dip = correlogramSignificance(counts, 1);
      const violations = refractoryViolationConfidence(counts, 1);
      expect(dip).toBeCloseTo(expected.slay.rho, 9);
      expect(violations).toBeCloseTo(expected.slay.eta, 9);
      expect(similarity[first * view.unitIds.length + second] + 0.25 * dip - violations).toBeCloseTo(expected.slay.M, 6);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(0);
  });
});
