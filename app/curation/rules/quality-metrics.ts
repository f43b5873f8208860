import { closePairs, contaminationFrom, refractorySamples } from '../../analyzer/compute/refractory.ts';
import { decodeFloats } from '../../analyzer/decode.ts';
import type { FloatArray } from '../../analyzer/extensions/data.ts';
import type { SpikeColumns } from '../../analyzer/view.ts';
import type { WrittenColumn } from '../../analyzer/writing/analyzer-writer.ts';
import { Failure } from '../../failure.ts';
import { amplitudeCutoff } from './amplitude-cutoff.ts';
import { defineMergeRule, type RuleContext } from './rule.ts';
import { trainsOf } from './trains-of.ts';

type Columns = Readonly<Record<string, number>>;
type Params = Readonly<Record<string, unknown>>;

/** How one metric of a merged unit is measured: a value per column; `undefined` where its data are not there. */
type Measure = (unit: number, params: Params, facts: Facts) => Columns | undefined;

interface Facts {
  readonly context: RuleContext;
  readonly spikes: SpikeColumns;
  readonly totalSamples: number;
  readonly noiseLevels: FloatArray | undefined;
  readonly mainChannels: Int32Array;
  /** Per spike that stays. */
  readonly amplitudes: FloatArray | undefined;
  readonly scalings: FloatArray | undefined;
}

/**
 * Metrics of merged units are measured again, those of the others kept. Columns of metrics that need traces or projections
 * of all spikes are left out for all units, and named.
 */
export const qualityMetricsRule = defineMergeRule({
  id: 'quality_metrics',
  async merge(context) {
    const { params, units } = context;
    const names = params['metric_names'];
    if (!Array.isArray(names)) return { dropped: 'its params.json does not say which metrics it holds' };
    if (params['periods'] != null || params['use_valid_periods'] === true) {
      return { dropped: 'it was measured within periods, which Samecell does not measure again: analyzer.compute("quality_metrics")' };
    }
    const before = await context.table('metrics');
    if (before === undefined) throw new Failure('analyzer.damaged', 'The table metrics is missing. Recompute the extension.');
    const rows = units.unitIdsBefore.map((id) => before.index.indexOf(id));
    if (rows.includes(-1))
      throw new Failure('analyzer.damaged', 'The table metrics does not have a row for every unit. Recompute the extension.');
    const facts = await factsOf(context);
    const ofMetric = isRecord(params['metric_params']) ? params['metric_params'] : {};
    const kept: string[] = [];
    const columns: WrittenColumn[] = [];
    for (const name of names.map(String)) {
      const measure = Object.hasOwn(measures, name) ? measures[name] : undefined;
      const own = isRecord(ofMetric[name]) ? ofMetric[name] : {};
      const measured = units.members.map((_, unit) => (units.isMerged[unit] ? measure?.(unit, own, facts) : undefined));
      if (units.isMerged.some((merged, unit) => merged && measured[unit] === undefined)) continue;
      kept.push(name);
      const found = before.columns.filter((column) => metricColumns[name]?.includes(column.name));
      for (const { name: column, kind, values } of found) {
        if (!(values instanceof Float64Array)) continue;
        const after = Float64Array.from(units.members, ([first], unit) => measured[unit]?.[column] ?? values[rows[first]]);
        columns.push({ name: column, kind: kind === 'int' && after.every(Number.isInteger) ? 'int' : 'float', values: after });
      }
    }
    if (columns.length === 0) return { dropped: 'none of its metrics can be measured again here: analyzer.compute("quality_metrics")' };
    const left = names.map(String).filter((name) => !kept.includes(name));
    const list = JSON.stringify(kept);
    return {
      arrays: [],
      tables: [{ name: 'metrics', table: { index: units.unitIds, columns } }],
      ...(left.length > 0 && {
        note: `${left.join(', ')} left out: measuring ${left.length === 1 ? 'it' : 'them'} again for merged units takes analyzer.compute("quality_metrics")`,
        params: { metric_names: list, metrics_to_compute: list },
      }),
    };
  },
});

const metricColumns: Readonly<Record<string, readonly string[]>> = {
  num_spikes: ['num_spikes'],
  firing_rate: ['firing_rate'],
  presence_ratio: ['presence_ratio'],
  snr: ['snr'],
  isi_violation: ['isi_violations_ratio', 'isi_violations_count'],
  rp_violation: ['rp_contamination', 'rp_violations'],
  amplitude_cutoff: ['amplitude_cutoff'],
  amplitude_median: ['amplitude_median'],
};

const measures: Readonly<Record<string, Measure>> = {
  num_spikes: (unit, _, { spikes }) => ({ num_spikes: countOf(spikes, unit) }),

  firing_rate: (unit, _, facts) => {
    const count = countOf(facts.spikes, unit);
    return { firing_rate: count === 0 ? Number.NaN : count / durationS(facts) };
  },

  presence_ratio: (unit, params, facts) => ({ presence_ratio: presenceRatio(unit, params, facts) }),

  snr: (unit, params, { context, noiseLevels, mainChannels }) => {
    const { templates, units, peakSign } = context;
    if (templates === undefined || noiseLevels === undefined || (params['method'] ?? 'extremum') !== 'extremum') return undefined;
    const channel = mainChannels[unit];
    let extreme = 0;
    for (let sample = 0; sample < templates.sampleCount; sample += 1) {
      const value = templates.average[(unit * templates.sampleCount + sample) * units.channelCount + channel];
      extreme = Math.max(extreme, peakSign === 'both' ? Math.abs(value) : peakSign === 'neg' ? -value : value);
    }
    return { snr: extreme / noiseLevels[channel] };
  },

  isi_violation: (unit, params, facts) => {
    const { context, spikes } = facts;
    const count = countOf(spikes, unit);
    if (count === 0) return { isi_violations_ratio: Number.NaN, isi_violations_count: -1 };
    const thresholdS = numberOf(params, 'isi_threshold_ms', 1.5) / 1000;
    const leastS = numberOf(params, 'min_isi_ms', 0) / 1000;
    let violations = 0;
    for (const train of trainsOf(facts.spikes, unit, facts.context.segmentSampleCounts.length)) {
      for (let at = 1; at < train.length; at += 1) {
        if (train[at] / context.samplingFrequencyHz - train[at - 1] / context.samplingFrequencyHz < thresholdS) violations += 1;
      }
    }
    const ratio = violations / (2 * count * (thresholdS - leastS)) / (count / durationS(facts));
    return { isi_violations_ratio: ratio, isi_violations_count: violations };
  },

  rp_violation: (unit, params, facts) => {
    const count = countOf(facts.spikes, unit);
    if (count === 0) return { rp_contamination: Number.NaN, rp_violations: -1 };
    const periods = {
      refractoryPeriodMs: numberOf(params, 'refractory_period_ms', 1),
      censoredPeriodMs: numberOf(params, 'censored_period_ms', 0),
    };
    const { refractory, censored } = refractorySamples(periods, facts.context.samplingFrequencyHz);
    const violations = trainsOf(facts.spikes, unit, facts.context.segmentSampleCounts.length).reduce(
      (sum, train) => sum + closePairs(train, refractory),
      0,
    );
    return { rp_contamination: contaminationFrom(violations, count, facts.totalSamples, refractory, censored), rp_violations: violations };
  },

  amplitude_cutoff: (unit, params, facts) => {
    const amplitudes = facts.scalings ?? facts.amplitudes;
    if (amplitudes === undefined) return undefined;
    const own = ofUnit(amplitudes, facts.spikes, unit);
    const positive = own.length > 0 && median(own) < 0 ? own.map((value) => -value) : own;
    return {
      amplitude_cutoff: amplitudeCutoff(positive, {
        binCount: numberOf(params, 'num_histogram_bins', 100),
        smoothing: numberOf(params, 'histogram_smoothing_value', 3),
        leastPerBin: numberOf(params, 'amplitudes_bins_min_ratio', 5),
      }),
    };
  },

  amplitude_median: (unit, _, { amplitudes, spikes }) =>
    amplitudes === undefined ? undefined : { amplitude_median: median(ofUnit(amplitudes, spikes, unit)) },
};

async function factsOf(context: RuleContext): Promise<Facts> {
  const read = async (extension: string, name: string): Promise<FloatArray | undefined> => {
    const array = await context.arrayOf(extension, name);
    return array === undefined ? undefined : decodeFloats(await array.read(context.options), array.dtype, array.file);
  };
  const { keptRows, spikesBefore, spikes } = context.units;
  const perSpike = async (extension: string, name: string): Promise<FloatArray | undefined> => {
    const values = await read(extension, name);
    if (values?.length !== spikesBefore.count || keptRows === undefined) return values?.length === spikesBefore.count ? values : undefined;
    return values.filter((_, row) => keepsRow(keptRows, row));
  };
  return {
    context,
    spikes,
    totalSamples: context.segmentSampleCounts.reduce((sum, count) => sum + count, 0),
    mainChannels: await context.mainChannels(),
    noiseLevels: await read('noise_levels', 'noise_levels'),
    amplitudes: await perSpike('spike_amplitudes', 'amplitudes'),
    scalings: await perSpike('amplitude_scalings', 'amplitude_scalings'),
  };
}

/** Both ascending; found by halves. */
function keepsRow(keptRows: Int32Array, row: number): boolean {
  let low = 0;
  let high = keptRows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keptRows[middle] < row) low = middle + 1;
    else high = middle;
  }
  return keptRows[low] === row;
}

function countOf(spikes: SpikeColumns, unit: number): number {
  return spikes.offsets[unit + 1] - spikes.offsets[unit];
}

function durationS({ totalSamples, context }: Facts): number {
  return totalSamples / context.samplingFrequencyHz;
}

function ofUnit(values: FloatArray, spikes: SpikeColumns, unit: number): FloatArray {
  const rows = spikes.rows.subarray(spikes.offsets[unit], spikes.offsets[unit + 1]);
  return values instanceof Float32Array ? Float32Array.from(rows, (row) => values[row]) : Float64Array.from(rows, (row) => values[row]);
}

/** As NumPy: the mean of the two middle values in the precision of the data. */
function median(values: FloatArray): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle];
  const mean = (sorted[middle - 1] + sorted[middle]) / 2;
  return values instanceof Float32Array ? Math.fround(mean) : mean;
}

/** Share of bins with more spikes than the threshold; segments follow each other, the rest after the last whole bin does not count. */
function presenceRatio(unit: number, params: Params, facts: Facts): number {
  const { context, totalSamples, spikes } = facts;
  const binDurationS = numberOf(params, 'bin_duration_s', 60);
  const binSamples = Math.trunc(binDurationS * context.samplingFrequencyHz);
  const count = countOf(spikes, unit);
  if (totalSamples < binSamples || count === 0) return Number.NaN;
  const edges: number[] = [];
  let start = 0;
  const last = context.segmentSampleCounts.length - 1;
  context.segmentSampleCounts.forEach((samples, segment) => {
    const end = start + samples;
    const until = segment === last ? Math.floor(end / binSamples) * binSamples + 1 : end;
    for (let edge = start; edge < until; edge += binSamples) edges.push(edge);
    start = end;
  });
  if (edges.length < 2) return 0;
  const least = Math.floor((count / durationS(facts)) * binDurationS * numberOf(params, 'mean_fr_ratio_thresh', 0));
  const counts = new Float64Array(edges.length - 1);
  let offset = 0;
  trainsOf(facts.spikes, unit, facts.context.segmentSampleCounts.length).forEach((train, segment) => {
    for (const sample of train) {
      const time = sample + offset;
      let bin = edges.findLastIndex((edge) => edge <= time);
      if (bin === counts.length && time === edges[bin]) bin -= 1;
      if (bin >= 0 && bin < counts.length) counts[bin] += 1;
    }
    offset += context.segmentSampleCounts[segment];
  });
  return counts.filter((spikesInBin) => spikesInBin > least).length / counts.length;
}

function numberOf(params: Params, name: string, otherwise: number): number {
  const value = params[name];
  return typeof value === 'number' ? value : otherwise;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
