import { expect, it } from 'vitest';
import { type ExtremeParams, templateExtremes } from '../../../../app/analyzer/compute/template-extremes.ts';
import { templateMetrics } from '../../../../app/analyzer/compute/template-metrics.ts';
import { Unmeasurable } from '../../../../app/analyzer/compute/unmeasurable.ts';
import { upsampler } from '../../../../app/analyzer/compute/upsampler.ts';
import { openAnalyzer } from '../../../../app/analyzer/open.ts';
import { diskSource } from '../../../../main/core/files/disk-source.ts';
import { sha256 } from '../../../../main/core/files/sha256.ts';

const defaults: ExtremeParams = { leastShare: 0.3, edgeMs: 0.09, distanceRatio: 0.2, leastDistanceSamples: 3 };
const params = { recovery_window_ms: 0.7, baseline_window_ms: [0, 0.5] };

it.each(['assets/demo/splits', 'test/fixtures/analyzers/multisegment'])(
  'measures every unit of %s as SpikeInterface stored it',
  async (folder) => {
    const view = await openAnalyzer(diskSource(folder), { sha256 });
    const channelCount = view.channelIds.length;
    const { average, sampleCount } = await view.extension('templates');
    const stored = await view.extension('template_metrics');
    const channels = await view.mainChannels();
    const samplingFrequencyHz = 10 * view.samplingFrequencyHz;
    expect(stored.columns.length).toBe(16);
    for (const unit of view.unitIds.keys()) {
      const signal = Float64Array.from(
        { length: sampleCount },
        (_, sample) => average[(unit * sampleCount + sample) * channelCount + channels[unit]],
      );
      const template = upsampler(10, signal instanceof Float32Array)(signal);
      const extremes = templateExtremes(template, samplingFrequencyHz, defaults);
      for (const measure of Object.values(templateMetrics)) {
        for (const [column, value] of Object.entries(measure({ template, extremes, samplingFrequencyHz }, params))) {
          const wanted = stored.values[column][unit];
          if (Number.isNaN(wanted)) expect(value, column).toBeNaN();
          else expect(Math.abs(value - wanted), column).toBeLessThanOrEqual(1e-6 * Math.abs(wanted));
        }
      }
    }
    await view.close();
  },
);

it('keeps the samples of a signal when it puts others between them', () => {
  const signal = Float64Array.from({ length: 60 }, (_, at) => Math.exp(-(((at - 30) / 6) ** 2)));
  const finer = upsampler(4, signal instanceof Float32Array)(signal);
  expect(finer.length).toBe(240);
  for (const [at, value] of signal.entries()) expect(finer[4 * at]).toBeCloseTo(value, 2);
  expect(upsampler(1, signal instanceof Float32Array)(signal)).toEqual(signal);
});

it('says by -1 and not-a-number that there is no peak before a trough at the very beginning', () => {
  const template = Float64Array.from(
    { length: 100 },
    (_, at) => -Math.exp(-(((at - 4) / 3) ** 2)) + 0.3 * Math.exp(-(((at - 30) / 9) ** 2)),
  );
  const { trough, peakBefore, peakAfter } = templateExtremes(template, 30_000, defaults);
  expect(trough.index).toBe(4);
  expect(peakBefore).toMatchObject({ index: -1, width: Number.NaN, count: 0, halfWidthLeft: -1 });
  expect(peakAfter.index).toBe(30);
});

it('has nothing to fit a line to behind a peak on the last sample', () => {
  const template = Float64Array.from({ length: 50 }, (_, at) => at);
  const peak = { index: -1, width: Number.NaN, widthLeft: -1, widthRight: -1, halfWidthLeft: -1, halfWidthRight: -1, count: 0 };
  const measured = { template, samplingFrequencyHz: 1000, extremes: { trough: peak, peakBefore: peak, peakAfter: peak } };
  expect(() => templateMetrics['recovery_slope'](measured, params)).toThrow(Unmeasurable);
});
