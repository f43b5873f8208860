import { afterAll, describe, expect, test } from 'vitest';
import { knownExtensions } from '../../../app/analyzer/extensions/registry.ts';
import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import { settingsSchema } from '../../../app/contract/settings.ts';
import { featureById, plotFeatures, uniqueById, usualFeatureIds } from '../../../app/plots/registry.ts';
import { darkTheme, lightTheme, modelTheme } from '../../../app/plots/theme.ts';
import { isDrawable } from '../../../app/plots/wording.ts';
import { openReference } from '../support/reference.ts';
import { drawSvg } from './draw-svg.ts';
import { drawnGroups as cases, groupOf, textsOf } from './fixture-groups.ts';

/** The same analyzers as zarr. */
const zarrCases = cases.filter(({ analyzer }) => analyzer.endsWith('-binary'));

const snapshotOf = (feature: string, analyzer: string, ids: readonly UnitId[]) =>
  `__snapshots__/${feature}/${analyzer}-${ids.join('-').replace(/[^\w.-]/g, '_')}.svg`;

const views = new Map<string, Promise<AnalyzerView>>();
const open = (name: string) => {
  const view = views.get(name) ?? openReference(name);
  views.set(name, view);
  return view;
};

afterAll(async () => {
  for (const view of views.values()) await (await view).close();
});

test('two pictures with one id are refused', () => {
  expect(() => uniqueById([plotFeatures[0], plotFeatures[1], plotFeatures[0]])).toThrow('Two pictures are called "waveform_single"');
});

test('an unknown picture is answered with the known ones', () => {
  expect(() => featureById('waveform')).toThrow(/no picture "waveform".*waveform_single, .*spike_locations/);
});

test('the six pictures of the tutorial come first, in their order, and are those used where nobody chose', () => {
  const six = ['waveform_single', 'waveform_multi', 'amplitude_plot', 'crosscorrelograms', 'pca_clustering', 'spike_locations'];
  expect(plotFeatures.slice(0, 6).map((feature) => feature.id)).toEqual(six);
  expect(usualFeatureIds).toEqual(six);
  expect(settingsSchema.parse({}).features).toEqual(six);
  expect(plotFeatures.slice(6).map((feature) => feature.id)).toEqual([
    'presence',
    'template_overlay',
    'isi_merged',
    'density_pca',
    'neighbourhood',
  ]);
});

describe.each(plotFeatures)('$id', (feature) => {
  test('says what it is for and needs only extensions that are known', () => {
    expect(feature.title).not.toBe('');
    expect(feature.purpose).toMatch(/\?$/);
    const known = knownExtensions.map((extension) => extension.id);
    for (const id of feature.needs) expect(known).toContain(id);
  });

  test.each(cases)('is drawn for $ids of $analyzer, the same every time', async ({ analyzer, ids }) => {
    const view = await open(analyzer);
    const group = groupOf(view, ids);
    const data = await feature.load(view, group);
    const svg = drawSvg(feature, data);
    expect(drawSvg(feature, structuredClone(await feature.load(view, group)))).toBe(svg);
    await expect(svg).toMatchFileSnapshot(snapshotOf(feature.id, analyzer, ids));
  });

  test('leaves eight units room in the smallest tile of a contact sheet', async () => {
    const view = await open('splits');
    const tile = { width: 300, height: 260 };
    const option = feature.option(await feature.load(view, groupOf(view, [12, 43, 13, 14, 5, 29, 36, 37])), modelTheme, tile);
    for (const grid of [option.grid ?? []].flat()) {
      const width = grid.width ?? tile.width - Number(grid.left) - Number(grid.right);
      const height = grid.height ?? tile.height - Number(grid.top) - Number(grid.bottom);
      expect(Math.min(Number(width), Number(height))).toBeGreaterThan(25);
      expect(Number(grid.left) + Number(width)).toBeLessThanOrEqual(tile.width);
      expect(Number(grid.top) + Number(height)).toBeLessThanOrEqual(tile.height);
    }
  });

  test.each(zarrCases)('is the same for $ids where $analyzer is a zarr store', async ({ analyzer, ids }) => {
    const view = await open(analyzer.replace('-binary', '-analyzer.zarr'));
    const svg = drawSvg(feature, await feature.load(view, groupOf(view, ids)));
    await expect(svg).toMatchFileSnapshot(snapshotOf(feature.id, analyzer, ids));
  });

  test.each(cases)(
    'of $ids of $analyzer has a title on every axis, spike counts in the legend, and letters the bundled font has',
    async ({ analyzer, ids }) => {
      const view = await open(analyzer);
      const group = groupOf(view, ids);
      const option = feature.option(await feature.load(view, group), modelTheme);
      const texts = textsOf(option);
      for (const text of texts) expect([...text].filter((letter) => !isDrawable(letter))).toEqual([]);
      const spikes = await view.spikes();
      group.units.forEach((unit, i) => {
        const count = String(spikes.offsets[unit + 1] - spikes.offsets[unit]).replace(/\B(?=(\d{3})+$)/g, ',');
        expect(texts.some((text) => text.startsWith(`${group.labels[i]} · `) && text.includes(`${count} spikes`))).toBe(true);
      });
      for (const title of axisTitles[feature.id as keyof typeof axisTitles])
        expect(texts.filter((text) => title.test(text))).not.toEqual([]);
    },
  );

  test('describes itself with labels and counts in words', async () => {
    const view = await open('splits');
    const description = feature.describe(await feature.load(view, groupOf(view, [0, 38])));
    expect(description).toContain('971 spikes');
    expect(description).toContain('982 spikes');
    expect(description).toMatch(/\bA\b.*\bB\b/s);
    expect(description).not.toMatch(/NaN|undefined|Infinity|\[object/);
    expect(description.length).toBeLessThan(1500);
  });

  test('shows labels, never the ids of units', async () => {
    const view = await open('multisegment');
    const group = groupOf(view, ['unit 3', 'étoile']);
    const data = await feature.load(view, group);
    for (const text of [...textsOf(feature.option(data, modelTheme)), feature.describe(data)])
      expect(text).not.toMatch(/unit 3|étoile|toile/);
  });

  test.each([lightTheme, darkTheme])('draws with the $name theme at the size of a small panel', async (theme) => {
    const view = await open('splits');
    const data = await feature.load(view, groupOf(view, [0, 38]));
    const option = feature.option(data, theme, { width: 320, height: 220 });
    expect(option['backgroundColor']).toBe(theme.background);
    expect(textsOf(option).some((text) => text.includes('971 spikes'))).toBe(true);
  });

  test.each([{ units: [] }, { units: [0, 0] }, { units: [0, 99] }, { units: [0, 1, 2, 3, 4, 5, 6, 7, 8] }])(
    'refuses the group $units',
    async ({ units }) => {
      const view = await open('splits');
      const labels = units.map((_, i) => String.fromCharCode(65 + i));
      await expect(feature.load(view, { units, labels })).rejects.toMatchObject({
        kind: expect.stringMatching(/^(input.invalid|analyzer.unknownUnit)$/),
      });
    },
  );

  test('stops when cancelled', async () => {
    const view = await open('splits');
    await expect(feature.load(view, groupOf(view, [0, 38]), { signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

/** What must stand at the axes of each picture. */
const axisTitles = {
  waveform_single: [/^Time from spike \(ms\)$/, /^Amplitude \(µV\)$/, /^(Waveforms on c|C)hannel /],
  waveform_multi: [/^Position across the probe \(µm\)$/, /^Position along the probe \(µm\)$/, /ms$/, /µV$/],
  amplitude_plot: [/^Time \(s\)$/, /^Amplitude \(µV\)$/, /^Share of spikes \(%\)$/],
  crosscorrelograms: [/^Lag \(ms\)$/, /^Spike pairs per bin$/, /refractory period, ±1.5 ms/],
  pca_clustering: [/^Component 1, channel /, /^Component 2, channel /],
  spike_locations: [/^Position across the probe \(µm\)$/, /^Position along the probe \(µm\)$/],
  presence: [/^Time \(s\)$/, /^Firing rate \(Hz\)$/, /^Spikes so far \(%\)$/],
  template_overlay: [/^Time \(ms\)$/, /^Amplitude \(µV\)$/, /^Channel /],
  isi_merged: [
    /^Interval to the next spike \(ms\)$/,
    /^Lag \(ms\)$/,
    /^Share of intervals \(%\)$/,
    /^Rate around a spike \(Hz\)$/,
    /within 1.0 ms/,
  ],
  density_pca: [/^First joint axis/, /^Second joint axis/],
  neighbourhood: [/^Unit$/, /^Cosine similarity of mean waveforms/],
} as const;
