import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AnalyzerView } from '../../../../app/analyzer/view.ts';
import { amplitudePlot } from '../../../../app/plots/features/amplitude-plot.ts';
import { crosscorrelograms } from '../../../../app/plots/features/crosscorrelograms.ts';
import { pcaClustering } from '../../../../app/plots/features/pca-clustering.ts';
import { spikeLocations } from '../../../../app/plots/features/spike-locations.ts';
import { waveformMulti } from '../../../../app/plots/features/waveform-multi.ts';
import { waveformSingle } from '../../../../app/plots/features/waveform-single.ts';
import { plotFeatures } from '../../../../app/plots/registry.ts';
import { modelTheme } from '../../../../app/plots/theme.ts';
import { openReference } from '../../support/reference.ts';
import { changed, groupOf, textsOf, without } from '../fixture-groups.ts';

let splits: AnalyzerView;
let tutorial: AnalyzerView;
let multisegment: AnalyzerView;
let bare: AnalyzerView;

beforeAll(async () => {
  [splits, tutorial, multisegment, bare] = await Promise.all(['splits', 'tutorial', 'multisegment', 'with-recording'].map(openReference));
});

afterAll(async () => {
  for (const view of [splits, tutorial, multisegment, bare]) await view.close();
});

describe('a group in another order', () => {
  const forward = { units: [0, 1], labels: ['A', 'B'] };
  const backward = { units: [1, 0], labels: ['B', 'A'] };

  test('has the same waveforms, panels and scale', async () => {
    const a = await waveformSingle.load(multisegment, forward);
    const b = await waveformSingle.load(multisegment, backward);
    expect(b.panels.map((panel) => panel.channel)).toEqual(a.panels.map((panel) => panel.channel));
    a.panels.forEach((panel, p) => {
      expect(b.panels[p].traces.toReversed()).toEqual(panel.traces);
    });
  });

  test('has the same channels on the probe', async () => {
    const a = await waveformMulti.load(multisegment, forward);
    const b = await waveformMulti.load(multisegment, backward);
    expect(b.channels.map((channel) => ({ ...channel, means: channel.means.toReversed() }))).toEqual(a.channels);
  });

  test('has the same amplitudes, axis and bins', async () => {
    const a = await amplitudePlot.load(multisegment, forward);
    const b = await amplitudePlot.load(multisegment, backward);
    expect({ ...b, units: b.units.toReversed() }).toEqual(a);
  });

  test('has the same counts in the correlograms', async () => {
    const a = await crosscorrelograms.load(multisegment, forward);
    const b = await crosscorrelograms.load(multisegment, backward);
    expect([b.cells[3], b.cells[2], b.cells[1], b.cells[0]]).toEqual(a.cells);
  });

  test('has the same principal components, axes and separation', async () => {
    const a = await pcaClustering.load(multisegment, forward);
    const b = await pcaClustering.load(multisegment, backward);
    expect(b.channels).toEqual(a.channels);
    a.panels.forEach((panel, p) => {
      expect({ x: b.panels[p].x, y: b.panels[p].y }).toEqual({ x: panel.x, y: panel.y });
      expect(b.panels[p].separations[0].value).toBeCloseTo(panel.separations[0].value as number, 8);
      panel.clouds.forEach((cloud, unit) => {
        const other = b.panels[p].clouds[1 - unit];
        for (let i = 0; i < cloud.x.length; i++) {
          expect(other.x[i]).toBeCloseTo(cloud.x[i], 4);
          expect(other.y[i]).toBeCloseTo(cloud.y[i], 4);
        }
      });
    });
  });

  test('has the same locations, square and neighbours', async () => {
    const a = await spikeLocations.load(multisegment, forward);
    const b = await spikeLocations.load(multisegment, backward);
    expect({ ...b, units: b.units.toReversed() }).toEqual(a);
  });
});

describe('a unit that is not stored on a channel', () => {
  test('has no line there, and the picture says so', async () => {
    const data = await waveformSingle.load(tutorial, groupOf(tutorial, ['2', '5']));
    expect(data.panels).toHaveLength(2);
    for (const panel of data.panels) expect(panel.traces.filter((trace) => trace.mean === undefined)).toHaveLength(1);
    const texts = textsOf(waveformSingle.option(data, modelTheme));
    expect(texts).toContain('A not stored on this channel');
    expect(texts).toContain('B not stored on this channel');
    expect(waveformSingle.describe(data)).toContain('B is not stored on it');
  });

  test('has no line there on the probe', async () => {
    const group = groupOf(splits, [0, 2]);
    const data = await waveformMulti.load(splits, group);
    for (const { name, means } of data.channels) {
      const channel = splits.channelIds.findIndex((id) => String(id) === name);
      group.units.forEach((unit, i) => {
        expect(means[i] !== undefined).toBe(splits.sparsity?.mask[unit * splits.channelIds.length + channel] === 1);
      });
    }
    expect(data.channels.some(({ means }) => means.includes(undefined))).toBe(true);
  });

  test('brings no zeros into the principal components: only channels of all units are used', async () => {
    const group = groupOf(splits, [0, 2]);
    const mask = splits.sparsity?.mask as Uint8Array;
    const data = await pcaClustering.load(splits, group);
    expect(data.channels.length).toBeGreaterThan(0);
    for (const name of data.channels) {
      const channel = splits.channelIds.findIndex((id) => String(id) === name);
      for (const unit of group.units) expect(mask[unit * splits.channelIds.length + channel]).toBe(1);
    }
    for (const { clouds } of data.panels.slice(0, 1)) {
      for (const { x, y } of clouds) {
        expect(x.length).toBe(75);
        for (let i = 0; i < x.length; i++) expect(x[i] === 0 && y[i] === 0).toBe(false);
      }
    }
  });

  test('that shares no channel with the others can not be compared by principal components', async () => {
    await expect(pcaClustering.load(splits, groupOf(splits, [0, 1]))).rejects.toMatchObject({
      kind: 'input.invalid',
      message: expect.stringContaining('A and B share no channel'),
    });
  });
});

describe('an analyzer without', () => {
  test.each(plotFeatures.filter((feature) => feature.needs.length > 0))('what $id needs names it', async (feature) => {
    await expect(feature.load(bare, groupOf(bare, bare.unitIds.slice(0, 2)))).rejects.toMatchObject({
      kind: 'analyzer.missingExtension',
      message: expect.stringContaining(feature.needs[0]),
    });
  });

  test('correlograms has them counted from the spikes, in finer bins', async () => {
    const data = await crosscorrelograms.load(bare, groupOf(bare, bare.unitIds.slice(0, 2)));
    expect(data.stored).toBe(false);
    expect(data.edgesMs[0]).toBeCloseTo(-30);
    expect(data.cells[0].counts).toHaveLength(120);
    expect(data.cells[1].counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  });

  test('waveforms shows the deviation instead of single spikes', async () => {
    const data = await waveformSingle.load(without(splits, 'waveforms'), groupOf(splits, [0, 38]));
    expect(data.panels[0].traces.map((trace) => trace.spikeCount)).toEqual([0, 0]);
    expect(data.panels[0].traces[0].std).toHaveLength(54);
    expect(textsOf(waveformSingle.option(data, modelTheme))).toContain('Thick: mean of each unit. Thin: mean ± 1 SD.');
  });

  test('templates still has its principal components drawn, on the units’ main channels', async () => {
    const data = await pcaClustering.load(without(splits, 'templates'), groupOf(splits, [0, 38]));
    expect(data.channels).toEqual(['16']);
    expect(data.panels).toHaveLength(1);
  });

  test('a probe has its channels in a column, and no positions on the axes', async () => {
    const data = await waveformMulti.load(changed(splits, { channelPositionsUm: new Float64Array(0) }), groupOf(splits, [0, 38]));
    expect(textsOf(waveformMulti.option(data, modelTheme))).toContain('The analyzer has no probe: channels in stored order');
  });
});

describe('what is printed', () => {
  test('never calls counts of the recording µV', async () => {
    const counts = changed(splits, { summary: { ...splits.summary, returnInUv: false } });
    for (const feature of [waveformSingle, waveformMulti, amplitudePlot]) {
      const data = (await feature.load(counts, groupOf(splits, [0, 38]))) as never;
      const texts = [...textsOf(feature.option(data, modelTheme)), feature.describe(data)];
      expect(texts.filter((text) => text.replaceAll('not µV', '').includes('µV'))).toEqual([]);
    }
  });

  test('of amplitudes is how many spikes lie beyond the axis', async () => {
    const stored = await splits.extension('spike_amplitudes');
    const spikes = await splits.spikes();
    const unit = splits.indexOf(0);
    const amplitudes = Float32Array.from(stored.amplitudes);
    for (const row of spikes.rows.subarray(spikes.offsets[unit], spikes.offsets[unit] + 3)) amplitudes[row] = -5000;
    const collided = changed(splits, {
      extension: ((id: string) => (id === 'spike_amplitudes' ? Promise.resolve({ amplitudes }) : stored)) as never,
    });
    const data = await amplitudePlot.load(collided, groupOf(splits, [0, 38]));
    expect(data.range.min).toBeGreaterThan(-500);
    expect(data.units[0].outsideCount).toBe(3);
    expect(textsOf(amplitudePlot.option(data, modelTheme))).toContain('Beyond the axis: 3 of A.');
    expect(amplitudePlot.describe(data)).toContain('3 beyond the axis');
  });

  test('of two segments is where one ends', async () => {
    const data = await amplitudePlot.load(multisegment, groupOf(multisegment, ['A1', 'b-2']));
    expect(data.bordersS).toEqual([14]);
    expect(data.durationS).toBe(23);
    expect(textsOf(amplitudePlot.option(data, modelTheme))).toContain('2 segments put end to end; dashed lines are their borders.');
  });

  test('of a pair in the correlograms is what is seen in the refractory period and what chance would give', async () => {
    const same = await crosscorrelograms.load(splits, groupOf(splits, [0, 38]));
    expect(same.cells[1].closePairs).toBe(0);
    expect(same.cells[1].chancePairs).toBeCloseTo((971 * 982 * 2 * 1.5e-3) / 120, 6);
    expect(crosscorrelograms.describe(same)).toContain('A and B: 0 spike pairs within ±1.5 ms, 24 expected by chance');
    const stored = await splits.extension('correlograms');
    const at = (splits.indexOf(0) * splits.unitIds.length + splits.indexOf(38)) * stored.binCount;
    expect([...same.cells[1].counts]).toEqual([...stored.ccgs.subarray(at, at + stored.binCount)]);
  });
});

test('captions of correlograms have as many words as their cells have room for', async () => {
  const data = await crosscorrelograms.load(splits, groupOf(splits, [0, 38]));
  const captionAt = (width: number, height: number) => {
    const texts = textsOf(crosscorrelograms.option(data, modelTheme, { width, height }));
    return texts.find((text) => /^(A–B: )?0\b.*\b24\b/.test(text));
  };
  expect(captionAt(680, 600)).toBe('A–B: 0 within ±1.5 ms, 24 by chance');
  expect(captionAt(440, 420)).toBe('A–B: 0, by chance 24');
  expect(captionAt(400, 330)).toBe('A–B: 0 / 24 exp.');
  expect(captionAt(200, 200)).toBe('0 / 24 exp.');
});

test('no unit lies over another everywhere: parts are painted by turns', async () => {
  const data = await amplitudePlot.load(splits, groupOf(splits, [0, 38]));
  const option = amplitudePlot.option(data, modelTheme);
  const colours = (option.series ?? []).flatMap((series) =>
    series.type === 'scatter' ? [modelTheme.units.indexOf(series.itemStyle.color)] : [],
  );
  expect(colours).toEqual([0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0]);
});
