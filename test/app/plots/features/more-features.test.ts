import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AnalyzerView, UnitId } from '../../../../app/analyzer/view.ts';
import { measurePair } from '../../../../app/evidence/measure.ts';
import { densityPca } from '../../../../app/plots/features/density-pca.ts';
import { isiMerged } from '../../../../app/plots/features/isi-merged.ts';
import { neighbourhood } from '../../../../app/plots/features/neighbourhood.ts';
import { presence } from '../../../../app/plots/features/presence.ts';
import { templateOverlay } from '../../../../app/plots/features/template-overlay.ts';
import { modelTheme } from '../../../../app/plots/theme.ts';
import { openReference } from '../../support/reference.ts';
import { changed, groupOf, textsOf, without } from '../fixture-groups.ts';

let splits: AnalyzerView;
let tutorial: AnalyzerView;
let multisegment: AnalyzerView;

beforeAll(async () => {
  [splits, tutorial, multisegment] = await Promise.all(['splits', 'tutorial', 'multisegment'].map(openReference));
});

afterAll(async () => {
  for (const view of [splits, tutorial, multisegment]) await view.close();
});

const evidence = (view: AnalyzerView, [first, second]: readonly [UnitId, UnitId], ...only: string[]) =>
  measurePair(view, { first: view.indexOf(first), second: view.indexOf(second) }, { only });

describe('a group in another order', () => {
  const forward = { units: [0, 1], labels: ['A', 'B'] };
  const backward = { units: [1, 0], labels: ['B', 'A'] };

  test('has the same rates, stretches and overlap', async () => {
    const a = await presence.load(multisegment, forward);
    const b = await presence.load(multisegment, backward);
    expect({ ...b, units: b.units.toReversed() }).toEqual(a);
  });

  test('is aligned to the same unit, with the same lag and the same difference', async () => {
    const a = await templateOverlay.load(multisegment, forward);
    const b = await templateOverlay.load(multisegment, backward);
    expect(b.units.toReversed()).toEqual(a.units);
    expect(b.units[b.reference].label).toBe(a.units[a.reference].label);
    b.panels.forEach(({ means, differences, ...panel }, p) => {
      expect({ ...panel, means: means.toReversed(), differences: differences.toReversed() }).toEqual(a.panels[p]);
    });
  });

  test('joins to the same train', async () => {
    const a = await isiMerged.load(multisegment, forward);
    const b = await isiMerged.load(multisegment, backward);
    expect({ ...b, units: b.units.toReversed() }).toEqual(a);
  });

  test('has the same densities', async () => {
    const a = await densityPca.load(multisegment, forward);
    const b = await densityPca.load(multisegment, backward);
    expect(b.x).toEqual(a.x);
    expect(b.y).toEqual(a.y);
    expect(b.units.toReversed().map(({ levels }) => levels)).toEqual(a.units.map(({ levels }) => levels));
    expect(b.pairs[0].overlap).toBeCloseTo(a.pairs[0].overlap, 8);
  });

  test('has the same neighbours', async () => {
    const a = await neighbourhood.load(multisegment, forward);
    const b = await neighbourhood.load(multisegment, backward);
    expect(b.neighbours).toEqual(a.neighbours);
    expect(b.units.toReversed().map(({ nearestSimilarity }) => nearestSimilarity)).toEqual(
      a.units.map(({ nearestSimilarity }) => nearestSimilarity),
    );
  });
});

describe('presence', () => {
  test('shows a hand-over: one unit through with its spikes where the other begins', async () => {
    const data = await presence.load(splits, groupOf(splits, [13, 14]));
    const [before, after] = data.units;
    expect(before.lateS).toBeLessThan(75);
    expect(after.earlyS).toBeGreaterThan(45);
    const half = data.edgesS.findIndex((edge) => edge >= 60);
    expect(before.soFarPercent[half]).toBeGreaterThan(90);
    expect(after.soFarPercent[half]).toBeLessThan(10);
    expect(data.overlaps[0].value).toBeLessThan(0.15);
    expect(textsOf(presence.option(data, modelTheme)).join(' ')).toContain(`A–B ${data.overlaps[0].value?.toFixed(2)}`);
  });

  test.each([
    [0, 38],
    [13, 14],
  ] as const)('prints of %s and %s the overlap that the evidence has', async (first, second) => {
    const data = await presence.load(splits, groupOf(splits, [first, second]));
    const { presence_overlap } = await evidence(splits, [first, second], 'presence_overlap');
    expect(data.overlaps[0].value).toBe(presence_overlap);
  });

  test('counts every spike once over all segments', async () => {
    const data = await presence.load(multisegment, groupOf(multisegment, ['A1', 'b-2']));
    const stretchS = data.edgesS[1] - data.edgesS[0];
    for (const unit of data.units) expect(unit.ratesHz.reduce((sum, rate) => sum + rate * stretchS, 0)).toBeCloseTo(unit.spikeCount, 2);
    expect(data.bordersS).toEqual([14]);
    expect(data.durationS).toBe(23);
  });
});

describe('template_overlay', () => {
  test('prints the lag and the similarity that the evidence has', async () => {
    for (const pair of [
      [0, 38],
      [36, 37],
    ] as const) {
      const data = await templateOverlay.load(splits, groupOf(splits, pair));
      const numbers = await evidence(splits, pair, 'template_best_lag_ms', 'template_distance_cosine_best_lag');
      const other = data.units[1 - data.reference];
      expect(Math.abs(other.lagMs)).toBeCloseTo(numbers['template_best_lag_ms'] as number, 9);
      expect(1 - (other.similarity as number)).toBeCloseTo(numbers['template_distance_cosine_best_lag'] as number, 9);
    }
  });

  test('finds a template that was moved by three samples, and leaves nothing of it', async () => {
    const stored = await splits.extension('templates');
    const channelCount = splits.channelIds.length;
    const size = stored.sampleCount * channelCount;
    const [early, late] = [splits.indexOf(0), splits.indexOf(38)];
    const average = Float64Array.from(stored.average);
    average.copyWithin(late * size + 3 * channelCount, early * size, (early + 1) * size - 3 * channelCount);
    const moved = changed(splits, {
      extension: ((id: 'templates') => (id === 'templates' ? Promise.resolve({ ...stored, average }) : splits.extension(id))) as never,
    });
    const data = await templateOverlay.load(moved, groupOf(splits, [0, 38]));
    // Unit 38 has more spikes: unit 0 is moved onto it.
    expect(data.reference).toBe(1);
    expect(data.units[0].lagMs).toBeCloseTo(-0.1, 9);
    expect(data.units[0].largestDifference).toBeCloseTo(0, 6);
    expect(data.units[0].similarity).toBeCloseTo(1, 9);
    expect(templateOverlay.describe(data)).toContain('A lags 0.10 ms ahead of B, cosine similarity 1.000, largest difference 0.0 µV');
  });

  test('draws means and differences on one scale', async () => {
    const option = templateOverlay.option(await templateOverlay.load(splits, groupOf(splits, [0, 38])), modelTheme);
    const grids = option.grid as readonly { height: number }[];
    const axes = option.yAxis as readonly { min: number; max: number }[];
    const perUv = axes.map(({ min, max }, i) => grids[i].height / (max - min));
    for (const scale of perUv) expect(scale).toBeCloseTo(perUv[0], 9);
  });

  test('says that units share no channel, and compares nothing there', async () => {
    const data = await templateOverlay.load(tutorial, groupOf(tutorial, ['2', '5']));
    expect(templateOverlay.describe(data)).toContain('share no channel');
    expect(data.units[1 - data.reference].similarity).toBeUndefined();
    expect(textsOf(templateOverlay.option(data, modelTheme))).toContain('B not stored here');
  });
});

describe('isi_merged', () => {
  test('prints the violations and contamination that the evidence has', async () => {
    const pair = ['unit 3', 'étoile'] as const;
    const data = await isiMerged.load(multisegment, groupOf(multisegment, pair));
    const numbers = await evidence(multisegment, pair, 'rp_violations_merged', 'contamination_merged', 'rp_violations_first');
    expect(numbers['rp_violations_merged']).toBeGreaterThan(0);
    expect(data.merged.violations).toBe(numbers['rp_violations_merged']);
    expect(data.merged.contamination).toBeCloseTo(numbers['contamination_merged'] as number, 9);
    expect(data.units[0].violations).toBe(numbers['rp_violations_first']);
    expect(isiMerged.describe(data)).toContain(`${data.merged.violations} pairs within 1.0 ms`);
  });

  test('tells one cell from two: halves of a cell leave the refractory period empty, two cells fill it as chance would', async () => {
    const one = await isiMerged.load(splits, groupOf(splits, [0, 38]));
    expect(one.merged.violations).toBe(0);
    expect(one.addedByChance).toBeGreaterThan(10);
    let seen = 0;
    let chance = 0;
    for (const other of splits.unitIds.filter((id) => id !== 0 && id !== 38)) {
      const two = await isiMerged.load(splits, groupOf(splits, [0, other]));
      seen += two.merged.violations;
      chance += two.addedByChance;
    }
    expect(seen / chance).toBeGreaterThan(0.8);
    expect(seen / chance).toBeLessThan(1.2);
  });

  test('is joined of all spikes but duplicates, and never across segments', async () => {
    const data = await isiMerged.load(multisegment, groupOf(multisegment, ['A1', 'b-2']));
    const total = data.units.reduce((sum, unit) => sum + unit.spikeCount, 0);
    expect(data.merged.spikeCount + data.duplicates).toBe(total);
    for (const unit of data.units) expect(unit.isiPercent.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(100.001);
  });
});

describe('density_pca', () => {
  test('of halves of a cell overlaps more than of two cells', async () => {
    const same = await densityPca.load(splits, groupOf(splits, [12, 43]));
    const different = await densityPca.load(splits, groupOf(splits, [12, 13]));
    expect(same.pairs[0].overlap).toBeGreaterThan(0.3);
    expect(different.pairs[0].overlap).toBeLessThan(0.1);
  });

  test('has levels that hold the shares they claim', async () => {
    const data = await densityPca.load(tutorial, groupOf(tutorial, ['2', '5']));
    for (const { levels } of data.units) {
      const held = [1, 2, 3, 4].map((level) => levels.filter((own) => own >= level).length);
      expect(held).toEqual([...held].sort((a, b) => b - a));
      expect(held[3]).toBeGreaterThan(0);
    }
  });

  test('is not drawn for units without a common channel', async () => {
    await expect(densityPca.load(splits, groupOf(splits, [0, 1]))).rejects.toMatchObject({ kind: 'input.invalid' });
  });
});

describe('neighbourhood', () => {
  test('shows the similarity that is stored, and says who is nearest', async () => {
    const data = await neighbourhood.load(splits, groupOf(splits, [0, 38]));
    const { similarity } = await splits.extension('template_similarity');
    const count = splits.unitIds.length;
    const [a, b] = [splits.indexOf(0), splits.indexOf(38)];
    expect(data.similarity[1]).toBeCloseTo(similarity[a * count + b], 6);
    expect(data.units.map(({ nearest }) => nearest)).toEqual(['B', 'A']);
    expect(data.ranks.map(({ rank }) => rank)).toEqual([1, 1]);
    const outside = Array.from({ length: count }, (_, unit) => unit).filter((unit) => unit !== a && unit !== b);
    const highest = Math.max(...outside.flatMap((unit) => [similarity[a * count + unit], similarity[b * count + unit]]));
    const shown = Math.sqrt(data.similarity.length);
    expect(Math.max(data.similarity[2], data.similarity[shown + 2])).toBeCloseTo(highest, 6);
  });

  test('is computed from the templates where no similarity is stored', async () => {
    const stored = await neighbourhood.load(splits, groupOf(splits, [0, 38]));
    const computed = await neighbourhood.load(without(splits, 'template_similarity'), groupOf(splits, [0, 38]));
    for (let i = 0; i < stored.similarity.length; i++) expect(computed.similarity[i]).toBeCloseTo(stored.similarity[i], 4);
  });

  test('names no other unit by its id', async () => {
    const data = await neighbourhood.load(multisegment, groupOf(multisegment, ['unit 3', 'étoile']));
    expect(data.neighbours.map(({ name }) => name)).toEqual(data.neighbours.map((_, i) => `n${i + 1}`));
    for (const text of [...textsOf(neighbourhood.option(data, modelTheme)), neighbourhood.describe(data)])
      for (const id of multisegment.unitIds) if (String(id).length > 1) expect(text).not.toContain(String(id));
  });
});
