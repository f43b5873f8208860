import { z } from 'zod';
import { Failure } from '../../../failure.ts';
import type { JsonObject } from '../../json.ts';
import { quotedCell } from '../../quoted-cell.ts';
import type { ReadOptions } from '../../source.ts';
import type { AnalyzerView } from '../../view.ts';
import { amplitudeCutoff } from '../amplitude-cutoff.ts';
import { binnedCounts } from '../binned-counts.ts';
import { unitRefractoriness } from '../refractory.ts';
import { signalToNoise } from '../signal-to-noise.ts';
import { spikeCountOf, trainOf, unitTrains } from '../unit-trains.ts';
import { medianOf, upright } from '../upright.ts';
import { defineComputation, nothingElse } from './computation.ts';

interface Column {
  readonly name: string;
  readonly values: Float64Array;
  /** Written without a decimal point. */
  readonly whole?: boolean;
}

interface Metric {
  readonly name: string;
  /** SpikeInterface's defaults. */
  readonly params: JsonObject;
  readonly needs: readonly ('templates' | 'noise_levels' | 'spike_amplitudes')[];
  compute(view: AnalyzerView, options: ReadOptions): Promise<readonly Column[]>;
}

const presenceBinS = 60;
const isiThresholdMs = 1.5;
const cutoff = { binCount: 100, smoothing: 3, leastPerBin: 5 };

const metrics: readonly Metric[] = [
  {
    name: 'num_spikes',
    params: {},
    needs: [],
    async compute(view, options) {
      const trains = await unitTrains(view, options);
      return [{ name: 'num_spikes', values: perUnit(view, (unit) => spikeCountOf(trains, unit)), whole: true }];
    },
  },
  {
    name: 'firing_rate',
    params: {},
    needs: [],
    async compute(view, options) {
      const trains = await unitTrains(view, options);
      const rateOf = (count: number) => (count === 0 ? Number.NaN : count / view.durationS);
      return [{ name: 'firing_rate', values: perUnit(view, (unit) => rateOf(spikeCountOf(trains, unit))) }];
    },
  },
  {
    name: 'presence_ratio',
    params: { bin_duration_s: presenceBinS, mean_fr_ratio_thresh: 0 },
    needs: [],
    compute: presenceRatio,
  },
  {
    name: 'snr',
    params: { method: 'extremum' },
    needs: ['noise_levels', 'templates'],
    async compute(view, options) {
      const { snr } = await signalToNoise(view, options);
      return [{ name: 'snr', values: snr }];
    },
  },
  {
    name: 'isi_violation',
    params: { isi_threshold_ms: isiThresholdMs, min_isi_ms: 0 },
    needs: [],
    compute: isiViolations,
  },
  {
    name: 'rp_violation',
    params: { refractory_period_ms: 1, censored_period_ms: 0 },
    needs: [],
    async compute(view, options) {
      const trains = await unitTrains(view, options);
      const periods = { refractoryPeriodMs: 1, censoredPeriodMs: 0 };
      const all = view.unitIds.map((_, unit) => unitRefractoriness(trains, unit, periods, view.samplingFrequencyHz));
      return [
        { name: 'rp_contamination', values: Float64Array.from(all, ({ contamination }) => contamination) },
        {
          name: 'rp_violations',
          values: Float64Array.from(all, ({ spikeCount, violations }) => (spikeCount === 0 ? -1 : violations)),
          whole: true,
        },
      ];
    },
  },
  {
    name: 'amplitude_cutoff',
    params: {
      num_histogram_bins: cutoff.binCount,
      histogram_smoothing_value: cutoff.smoothing,
      amplitudes_bins_min_ratio: cutoff.leastPerBin,
    },
    needs: ['spike_amplitudes'],
    async compute(view, options) {
      const amplitudes = await amplitudesPerUnit(view, options);
      return [{ name: 'amplitude_cutoff', values: Float64Array.from(amplitudes, (own) => amplitudeCutoff(upright(own), cutoff)) }];
    },
  },
  {
    name: 'amplitude_median',
    params: {},
    needs: ['spike_amplitudes'],
    async compute(view, options) {
      const amplitudes = await amplitudesPerUnit(view, options);
      return [{ name: 'amplitude_median', values: Float64Array.from(amplitudes, medianOf) }];
    },
  },
];

const metricNames = metrics.map(({ name }) => name);

/**
 * The quality metrics that merging uses, with SpikeInterface 0.105's default parameters. Asked for by name, all they need has
 * to be there; otherwise those that can be had are computed, as SpikeInterface does. `amplitude_cutoff` is measured on
 * `spike_amplitudes`.
 */
export const qualityMetrics = defineComputation({
  id: 'quality_metrics',
  className: 'spikeinterface.metrics.quality.quality_metrics.ComputeQualityMetrics',
  params: z.strictObject({
    metric_names: z
      .array(z.enum(metricNames as [string, ...string[]]))
      .min(1)
      .optional(),
  }),
  needs: () => ({ extensions: [], ...nothingElse }),
  async run({ view, signal, onProgress }, { metric_names: wanted }) {
    const chosen = metrics.filter(({ name, needs }) => {
      const missing = needs.find((extension) => !view.has(extension));
      if (wanted === undefined) return missing === undefined;
      if (wanted.includes(name) && missing !== undefined) {
        throw new Failure('analyzer.missingExtension', `The metric ${name} needs ${missing}. Compute that first.`, { extension: missing });
      }
      return wanted.includes(name);
    });
    const columns: Column[] = [];
    for (const [done, metric] of chosen.entries()) {
      columns.push(...(await metric.compute(view, { signal })));
      onProgress?.(done + 1, chosen.length);
    }
    const names = chosen.map(({ name }) => name);
    return {
      params: {
        metric_names: names,
        metrics_to_compute: names,
        delete_existing_metrics: false,
        metric_params: Object.fromEntries(chosen.map(({ name, params }) => [name, params])),
        periods: null,
        use_valid_periods: false,
        seed: null,
        skip_pc_metrics: false,
      },
      arrays: [],
      texts: [{ name: 'metrics.csv', text: table(view, columns) }],
    };
  },
});

function perUnit(view: AnalyzerView, value: (unit: number) => number): Float64Array {
  return Float64Array.from(view.unitIds, (_, unit) => value(unit));
}

/** As pandas writes it: unit ids first, under no name; not-a-number is empty. */
function table(view: AnalyzerView, columns: readonly Column[]): string {
  const lines = [['', ...columns.map(({ name }) => name)]];
  for (const [unit, unitId] of view.unitIds.entries()) {
    lines.push([quotedCell(String(unitId)), ...columns.map(({ values, whole }) => csvNumber(values[unit], whole ?? false))]);
  }
  return `${lines.map((line) => line.join(',')).join('\n')}\n`;
}

function csvNumber(value: number, whole: boolean): string {
  if (Number.isNaN(value)) return '';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Number.isInteger(value) && !whole ? value.toFixed(1) : String(value);
}

/** Share of one-minute bins, segments end to end, in which a unit fired; not-a-number where there is no whole minute. */
async function presenceRatio(view: AnalyzerView, options: ReadOptions): Promise<readonly Column[]> {
  const trains = await unitTrains(view, options);
  const binSamples = Math.trunc(presenceBinS * view.samplingFrequencyHz);
  const values = perUnit(view, (unit) => {
    if (trains.totalSamples < binSamples || spikeCountOf(trains, unit) === 0) return Number.NaN;
    const perSegment = view.segmentSampleCounts.map((_, segment) => trainOf(trains, unit, segment));
    const counts = binnedCounts(perSegment, view.segmentSampleCounts, binSamples);
    return counts === undefined ? 0 : counts.filter((count) => count > 0).length / counts.length;
  });
  return [{ name: 'presence_ratio', values }];
}

/** Intervals below 1.5 ms, and their rate over the rate expected of contaminating spikes (Hill et al. 2011). */
async function isiViolations(view: AnalyzerView, options: ReadOptions): Promise<readonly Column[]> {
  const trains = await unitTrains(view, options);
  const fs = view.samplingFrequencyHz;
  const thresholdS = isiThresholdMs / 1000;
  const counts = perUnit(view, (unit) => {
    if (spikeCountOf(trains, unit) === 0) return -1;
    let count = 0;
    for (let segment = 0; segment < trains.segmentCount; segment += 1) {
      const train = trainOf(trains, unit, segment);
      // In seconds, as SpikeInterface compares: an interval of just the threshold depends on the last digit.
      for (let spike = 1; spike < train.length; spike += 1) if (train[spike] / fs - train[spike - 1] / fs < thresholdS) count += 1;
    }
    return count;
  });
  const ratios = perUnit(view, (unit) => {
    const spikes = spikeCountOf(trains, unit);
    return spikes === 0 ? Number.NaN : counts[unit] / (2 * spikes * thresholdS) / (spikes / view.durationS);
  });
  return [
    { name: 'isi_violations_ratio', values: ratios },
    { name: 'isi_violations_count', values: counts, whole: true },
  ];
}

async function amplitudesPerUnit(view: AnalyzerView, options: ReadOptions): Promise<Float32Array[]> {
  const { amplitudes } = await view.extension('spike_amplitudes', options);
  const { rows, offsets } = await view.spikes(options);
  return view.unitIds.map((_, unit) => Float32Array.from(rows.subarray(offsets[unit], offsets[unit + 1]), (row) => amplitudes[row]));
}
