import { afterEach, describe, expect, it } from 'vitest';
import { computedSimilarity, similarityForStep } from '../../../app/analyzer/compute/similarity-of-view.ts';
import type { SimilarityMethod } from '../../../app/analyzer/compute/template-similarity.ts';
import type { AnalyzerView } from '../../../app/analyzer/view.ts';
import { findCandidates, pairsAtThresholds } from '../../../app/candidates/run.ts';
import { expectedNumbers, expectedOf, firstDifference, openReference, referenceNames } from '../support/reference.ts';

const opened: AnalyzerView[] = [];
const open = async (name: string) => {
  const view = await openReference(name);
  opened.push(view);
  return view;
};
afterEach(async () => {
  for (const view of opened.splice(0)) await view.close();
});

describe('template similarity', () => {
  for (const name of referenceNames) {
    const variants = Object.entries(expectedOf(name).similarity ?? {});
    if (variants.length === 0) continue;
    it(`equals SpikeInterface for every method, support and lag on ${name}`, async () => {
      const view = await open(name);
      for (const [key, value] of variants) {
        const [method, variant] = key.split('/');
        const similarity = await computedSimilarity(view, {
          method: method as SimilarityMethod,
          support: variant === 'dense' || variant === 'intersection' ? variant : 'union',
          maxLagMs: variant === 'lag0.2ms' ? 0.2 : 0,
        });
        expect(firstDifference(similarity, expectedNumbers(value)), key).toBeUndefined();
      }
    });
  }

  it('is taken from the analyzer only where the stored method is the wanted one', async () => {
    const view = await open('splits');
    const stored = await view.extension('template_similarity');
    expect(stored.method).toBe('cosine');
    expect(await similarityForStep(view, 'cosine')).toEqual({ similarity: stored.similarity, computed: false });
    expect((await similarityForStep(view, 'l1')).computed).toBe(true);
  });

  it('refuses a lag that leaves nothing to compare', async () => {
    const view = await open('tutorial');
    await expect(computedSimilarity(view, { method: 'l1', support: 'union', maxLagMs: 100 })).rejects.toThrow(
      /max_lag_ms 100 .*choose a smaller/,
    );
  });
});

describe('pairs at other thresholds', () => {
  it('tells that the tutorial has none at 0.2 and where they begin', async () => {
    const view = await open('tutorial');
    const { thresholds, pairCounts, pairTotal, smallestDiff } = await pairsAtThresholds(view);
    const at = (threshold: number) => pairCounts[thresholds.indexOf(threshold)];
    expect(pairTotal).toBe(15);
    expect([at(0.2), at(0.25), at(0.3), at(0.5)]).toEqual([0, 0, 0, 1]);
    expect(smallestDiff).toBeGreaterThan(0.3);
    expect(smallestDiff).toBeLessThan(0.35);
  });

  it('counts as the step itself does', async () => {
    const view = await open('splits');
    const { thresholds, pairCounts } = await pairsAtThresholds(view);
    for (const [place, threshold] of thresholds.entries()) {
      const { pairs } = await findCandidates(
        view,
        { steps: ['template_similarity'], params: { template_similarity: { template_diff_thresh: threshold } }, resolveGraph: false },
        { now: () => 0 },
      );
      expect(pairCounts[place], String(threshold)).toBe(pairs.length);
    }
  });
});
