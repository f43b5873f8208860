import { amplitudeCutoff } from '../../analyzer/compute/amplitude-cutoff.ts';
import { amplitudeVariation } from '../../analyzer/compute/amplitude-variation.ts';
import { binnedCounts } from '../../analyzer/compute/binned-counts.ts';
import {
  type Clusters,
  dPrime,
  mahalanobisIsolation,
  nearestNeighbourRates,
  simplifiedSilhouette,
} from '../../analyzer/compute/cluster-isolation.ts';
import { drift } from '../../analyzer/compute/drift.ts';
import { noiseCutoff } from '../../analyzer/compute/noise-cutoff.ts';
import { quantiles } from '../../analyzer/compute/quantiles.ts';
import { closePairs, contaminationFrom, refractorySamples } from '../../analyzer/compute/refractory.ts';
import type { SegmentValues } from '../../analyzer/compute/segment-values.ts';
import { slidingContamination } from '../../analyzer/compute/sliding-refractory.ts';
import { synchronyCounts, synchronySizes } from '../../analyzer/compute/synchrony.ts';
import { Unmeasurable } from '../../analyzer/compute/unmeasurable.ts';
import { medianOf, upright } from '../../analyzer/compute/upright.ts';
import { decodeFloats, fieldOf } from '../../analyzer/decode.ts';
import type { FloatArray } from '../../analyzer/extensions/data.ts';
import { spikeCountAt } from '../../analyzer/spike-columns.ts';
import type { SpikeColumns } from '../../analyzer/view.ts';
import type { WrittenColumn } from '../../analyzer/writing/analyzer-writer.ts';
import { Failure, throwIfCancelled } from '../../failure.ts';
import { mergedClusters } from './merged-clusters.ts';
import { columnAfter, type MetricParams, type MetricValues, numberOf, paramsOfMetric, tableRows, withoutValues } from './metric-columns.ts';
import { defineMergeRule, type RuleContext } from './rule.ts';
import { ofKeptSpikes, ofUnit, spikeValues } from './spike-values.ts';
import { trainsOf } from './trains-of.ts';

/**
 * How one metric of a merged unit is measured: a value per column; `undefined` where its data are not there. Throws `Unmeasurable`
 * where SpikeInterface's measure would stop, which leaves all merged units without a value.
 */
type Measure = (unit: number, params: MetricParams, facts: Facts) => MetricValues | undefined | Promise<MetricValues | undefined>;

interface Facts {
  readonly context: RuleContext;
  readonly spikes: SpikeColumns;
  readonly totalSamples: number;
  readonly noiseLevels: FloatArray | undefined;
  readonly mainChannels: Int32Array;
  /** Per spike that stays. */
  readonly amplitudes: FloatArray | undefined;
  readonly scalings: FloatArray | undefined;
  /** Samples that units share, by size and unit. */
  synchrony(): Float64Array;
  /** Places of spikes along an axis; `undefined` where they are not there. */
  placesUm(axis: string): Promise<FloatArray | undefined>;
  /** Projections around a merged unit; `undefined` where they are not there. */
  clusters(unit: number): Promise<Clusters | undefined>;
}

/**
 * Metrics of merged units are measured again, those of the others kept. MetricValues of metrics that need traces, or that
 * SpikeInterface draws at random, are left out for all units, and named.
 */
export const qualityMetricsRule = defineMergeRule({
  id: 'quality_metrics',
  async merge(context) {
    const { params, units } = context;
    const stored = params['metric_names'];
    if (!Array.isArray(stored)) return { dropped: 'its params.json does not say which metrics it holds' };
    if (params['periods'] != null || params['use_valid_periods'] === true) {
      return { dropped: 'it was measured within periods, which Samecell does not measure again: analyzer.compute("quality_metrics")' };
    }
    const before = await context.table('metrics');
    if (before === undefined) throw new Failure('analyzer.damaged', 'The table metrics is missing. Recompute the extension.');
    const rows = tableRows(before, units);
    if (rows.includes(-1))
      throw new Failure('analyzer.damaged', 'The table metrics does not have a row for every unit. Recompute the extension.');
    const facts = await factsOf(context);
    const names = presentNames(stored.map(String));
    // 0.101 had another name for them.
    const given = params['metric_params'] ?? params['qm_params'];
    const asked = names.filter((name) => Object.hasOwn(measures, name));
    const measured = await measureMerged(asked, (name) => paramsOfMetric(given, name), facts);
    const columns: WrittenColumn[] = [];
    for (const [name, ofUnits] of measured) {
      const found = before.columns.filter((column) => metricColumns[name]?.includes(column.name));
      for (const { name: column, kind, values } of found) {
        if (values instanceof Float64Array) columns.push(columnAfter({ name: column, kind, values }, rows, ofUnits, units));
      }
    }
    if (columns.length === 0) return { dropped: 'none of its metrics can be measured again here: analyzer.compute("quality_metrics")' };
    const left = names.filter((name) => !measured.has(name));
    const list = JSON.stringify([...measured.keys()]);
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

/** SpikeInterface before 0.104 named two columns where there is one metric now. */
function presentNames(names: readonly string[]): string[] {
  const present = names.filter((name) => name !== 'isolation_distance' && name !== 'l_ratio');
  return present.length < names.length && !present.includes('mahalanobis') ? [...present, 'mahalanobis'] : present;
}

/**
 * Values of each metric, `undefined` at the places of units that stay; without those metrics that one merged unit can't be measured
 * by. Unit by unit, since several metrics look at the same surroundings.
 */
async function measureMerged(
  names: readonly string[],
  paramsOf: (name: string) => MetricParams,
  facts: Facts,
): Promise<Map<string, (MetricValues | undefined)[]>> {
  const { isMerged, members } = facts.context.units;
  const measured = new Map(names.map((name) => [name, members.map((): MetricValues | undefined => undefined)]));
  const stopped = new Set<string>();
  for (const unit of members.keys()) {
    throwIfCancelled(facts.context.options.signal);
    if (!isMerged[unit]) continue;
    for (const [name, values] of measured) {
      if (stopped.has(name)) continue;
      try {
        values[unit] = await measures[name](unit, paramsOf(name), facts);
        if (values[unit] === undefined) measured.delete(name);
      } catch (error) {
        if (!(error instanceof Unmeasurable)) throw error;
        stopped.add(name);
        const nothing = withoutValues(metricColumns[name]);
        measured.set(
          name,
          isMerged.map((merged) => (merged ? nothing : undefined)),
        );
      }
    }
  }
  return measured;
}

const metricColumns: Readonly<Record<string, readonly string[]>> = {
  num_spikes: ['num_spikes'],
  firing_rate: ['firing_rate'],
  presence_ratio: ['presence_ratio'],
  snr: ['snr'],
  isi_violation: ['isi_violations_ratio', 'isi_violations_count'],
  rp_violation: ['rp_contamination', 'rp_violations'],
  amplitude_cutoff: ['amplitude_cutoff'],
  amplitude_median: ['amplitude_median'],
  sliding_rp_violation: ['sliding_rp_violation'],
  synchrony: ['sync_spike_2', 'sync_spike_4', 'sync_spike_8'],
  firing_range: ['firing_range'],
  amplitude_cv: ['amplitude_cv_median', 'amplitude_cv_range'],
  noise_cutoff: ['noise_cutoff', 'noise_ratio'],
  drift: ['drift_ptp', 'drift_std', 'drift_mad'],
  sd_ratio: ['sd_ratio'],
  mahalanobis: ['isolation_distance', 'l_ratio'],
  d_prime: ['d_prime'],
  nearest_neighbor: ['nn_hit_rate', 'nn_miss_rate'],
  silhouette: ['silhouette'],
};

/** Parameters that ask for more bins than this are no one's; such columns are left out. */
const mostBins = 2 ** 22;

const measures: Readonly<Record<string, Measure>> = {
  num_spikes: (unit, _, { spikes }) => ({ num_spikes: spikeCountAt(spikes, unit) }),

  firing_rate: (unit, _, facts) => {
    const count = spikeCountAt(facts.spikes, unit);
    return { firing_rate: count === 0 ? Number.NaN : count / durationS(facts) };
  },

  presence_ratio: (unit, params, facts) => ({ presence_ratio: presenceRatio(unit, params, facts) }),

  snr: (unit, params, { context, noiseLevels, mainChannels }) => {
    const { templates, units, peakSign } = context;
    if (templates === undefined || noiseLevels === undefined || (params['method'] ?? params['peak_mode'] ?? 'extremum') !== 'extremum')
      return undefined;
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
    const count = spikeCountAt(spikes, unit);
    if (count === 0) return { isi_violations_ratio: Number.NaN, isi_violations_count: -1 };
    const thresholdS = numberOf(params, 'isi_threshold_ms', 1.5) / 1000;
    const leastS = numberOf(params, 'min_isi_ms', 0) / 1000;
    let violations = 0;
    for (const train of trains(unit, facts)) {
      for (let at = 1; at < train.length; at += 1) {
        if (train[at] / context.samplingFrequencyHz - train[at - 1] / context.samplingFrequencyHz < thresholdS) violations += 1;
      }
    }
    const ratio = violations / (2 * count * (thresholdS - leastS)) / (count / durationS(facts));
    return { isi_violations_ratio: ratio, isi_violations_count: violations };
  },

  rp_violation: (unit, params, facts) => {
    const count = spikeCountAt(facts.spikes, unit);
    if (count === 0) return { rp_contamination: Number.NaN, rp_violations: -1 };
    const periods = {
      refractoryPeriodMs: numberOf(params, 'refractory_period_ms', 1),
      censoredPeriodMs: numberOf(params, 'censored_period_ms', 0),
    };
    const { refractory, censored } = refractorySamples(periods, facts.context.samplingFrequencyHz);
    const violations = trains(unit, facts).reduce((sum, train) => sum + closePairs(train, refractory), 0);
    return { rp_contamination: contaminationFrom(violations, count, facts.totalSamples, refractory, censored), rp_violations: violations };
  },

  amplitude_cutoff: (unit, params, facts) => {
    const amplitudes = facts.scalings ?? facts.amplitudes;
    if (amplitudes === undefined) return undefined;
    return {
      amplitude_cutoff: amplitudeCutoff(upright(ofUnit(amplitudes, facts.spikes, unit)), {
        binCount: numberOf(params, 'num_histogram_bins', 100),
        smoothing: numberOf(params, 'histogram_smoothing_value', 3),
        leastPerBin: numberOf(params, 'amplitudes_bins_min_ratio', 5),
      }),
    };
  },

  amplitude_median: (unit, _, { amplitudes, spikes }) =>
    amplitudes === undefined ? undefined : { amplitude_median: medianOf(ofUnit(amplitudes, spikes, unit)) },

  sliding_rp_violation: (unit, params, facts) => {
    if (spikeCountAt(facts.spikes, unit) <= numberOf(params, 'min_spikes', 0)) return { sliding_rp_violation: Number.NaN };
    // SpikeInterface stores them as a list, and stops on a list.
    if (params['contamination_values'] != null) throw new Unmeasurable('contamination_values is a list');
    if (!(numberOf(params, 'window_size_s', 1) / numberOf(params, 'bin_size_ms', 0.25) <= mostBins / 1000)) return undefined;
    const sliding = {
      binMs: numberOf(params, 'bin_size_ms', 0.25),
      windowS: numberOf(params, 'window_size_s', 1),
      excludeBelowMs: numberOf(params, 'exclude_ref_period_below_ms', 0.5),
      longestMs: numberOf(params, 'max_ref_period_ms', 10),
    };
    return {
      sliding_rp_violation: slidingContamination(trains(unit, facts), durationS(facts), facts.context.samplingFrequencyHz, sliding),
    };
  },

  synchrony: (unit, _, { context, spikes, synchrony }) => {
    const count = spikeCountAt(spikes, unit);
    const share = (row: number) => (count === 0 ? -1 : synchrony()[row * context.units.unitIds.length + unit] / count);
    return Object.fromEntries(synchronySizes.map((size, row) => [`sync_spike_${size}`, share(row)]));
  },

  firing_range: (unit, params, facts) => {
    const { context } = facts;
    const binS = numberOf(params, 'bin_size_s', 5);
    const binSamples = Math.trunc(binS * context.samplingFrequencyHz);
    if (facts.totalSamples < binSamples || spikeCountAt(facts.spikes, unit) === 0) return { firing_range: Number.NaN };
    if (facts.totalSamples / binSamples > mostBins) return undefined;
    const counts = binnedCounts(trains(unit, facts), context.segmentSampleCounts, binSamples) ?? new Float64Array(0);
    const [low, high] = quantiles(
      counts.map((count) => count / binS),
      percentilesOf(params).map((percent) => percent / 100),
    );
    return { firing_range: high - low };
  },

  amplitude_cv: (unit, params, facts) => {
    const values = (params['amplitude_extension'] ?? 'spike_amplitudes') === 'spike_amplitudes' ? facts.amplitudes : facts.scalings;
    if (values === undefined) return undefined;
    const { median, range } = amplitudeVariation(
      segmentsOf(unit, values, facts),
      {
        spikesPerBin: numberOf(params, 'average_num_spikes_per_bin', 50),
        percentiles: percentilesOf(params),
        leastBins: numberOf(params, 'min_num_bins', 10),
      },
      facts.context.samplingFrequencyHz,
    );
    return { amplitude_cv_median: median, amplitude_cv_range: range };
  },

  noise_cutoff: (unit, params, facts) => {
    const amplitudes = facts.amplitudes ?? facts.scalings;
    const binCount = numberOf(params, 'n_bins', 100);
    if (amplitudes === undefined || !(binCount <= mostBins)) return undefined;
    const { cutoff, ratio } = noiseCutoff(upright(ofUnit(amplitudes, facts.spikes, unit)), {
      highQuantile: numberOf(params, 'high_quantile', 0.25),
      lowQuantile: numberOf(params, 'low_quantile', 0.1),
      binCount,
    });
    return { noise_cutoff: cutoff, noise_ratio: ratio };
  },

  drift: async (unit, params, facts) => {
    const places = await facts.placesUm(String(params['direction'] ?? 'y'));
    if (places === undefined) return undefined;
    if (facts.totalSamples / (numberOf(params, 'interval_s', 60) * facts.context.samplingFrequencyHz) > mostBins) return undefined;
    const moved = drift(
      segmentsOf(unit, places, facts),
      {
        intervalS: numberOf(params, 'interval_s', 60),
        leastSpikes: numberOf(params, 'min_spikes_per_interval', 100),
        validShare: numberOf(params, 'min_fraction_valid_intervals', 0.5),
        leastBins: numberOf(params, 'min_num_bins', 2),
      },
      facts.context.samplingFrequencyHz,
    );
    return { drift_ptp: moved.peakToPeakUm, drift_std: moved.deviationUm, drift_mad: moved.medianDeviationUm };
  },

  // Without traces SpikeInterface gives merged units no value; with them it draws stretches without a seed.
  sd_ratio: (_unit, _, { context }) => (context.hasRecording ? undefined : { sd_ratio: Number.NaN }),

  mahalanobis: async (unit, _, facts) => {
    const clusters = await facts.clusters(unit);
    const measured = clusters && (await mahalanobisIsolation(clusters, facts.context.options));
    return measured && { isolation_distance: measured.isolationDistance, l_ratio: measured.lRatio };
  },

  d_prime: async (unit, _, facts) => {
    const clusters = await facts.clusters(unit);
    // As in SpikeInterface, one merged unit alone gets no value, whatever is around it.
    const alone = facts.context.units.isMerged.filter(Boolean).length === 1;
    const value = alone ? Number.NaN : clusters && (await dPrime(clusters, facts.context.options));
    return clusters && value !== undefined ? { d_prime: value } : undefined;
  },

  nearest_neighbor: async (unit, params, facts) => {
    const clusters = await facts.clusters(unit);
    if (clusters === undefined) return undefined;
    const mostSpikes = numberOf(params, 'max_spikes', 10_000);
    const { hitRate, missRate } = await nearestNeighbourRates(
      clusters,
      mostSpikes,
      numberOf(params, 'n_neighbors', 5),
      facts.context.options,
    );
    return { nn_hit_rate: hitRate, nn_miss_rate: missRate };
  },

  silhouette: async (unit, params, facts) => {
    // SpikeInterface before 0.104 stored a list, and the present one stops on it.
    if (Array.isArray(params['method'])) throw new Unmeasurable('method is a list');
    const clusters = (params['method'] ?? 'simplified') === 'simplified' ? await facts.clusters(unit) : undefined;
    return clusters && { silhouette: simplifiedSilhouette(clusters) };
  },
};

async function factsOf(context: RuleContext): Promise<Facts> {
  const { spikesBefore, spikes } = context.units;
  const noise = await context.arrayOf('noise_levels', 'noise_levels');
  const clusters = once(() => mergedClusters(context));
  const places = new Map<string, FloatArray | undefined>();
  const placesAlong = async (axis: string): Promise<FloatArray | undefined> => {
    const array = await context.arrayOf('spike_locations', 'spike_locations');
    if (array?.dtype.kind !== 'record' || array.shape[0] !== spikesBefore.count) return undefined;
    if (array.dtype.fields.every(({ name }) => name !== axis)) return undefined;
    const field = fieldOf(await array.read(context.options), array.dtype, axis, array.file);
    return ofKeptSpikes(decodeFloats(field.bytes, field.dtype, array.file), context);
  };
  let latest: { readonly unit: number; readonly clusters: Clusters | undefined } | undefined;
  return {
    context,
    spikes,
    totalSamples: context.segmentSampleCounts.reduce((sum, count) => sum + count, 0),
    mainChannels: await context.mainChannels(),
    noiseLevels: noise && decodeFloats(await noise.read(context.options), noise.dtype, noise.file),
    amplitudes: await spikeValues(context, 'spike_amplitudes', 'amplitudes'),
    scalings: await spikeValues(context, 'amplitude_scalings', 'amplitude_scalings'),
    synchrony: once(() => synchronyCounts(spikes, context.units.unitIds.length)),
    placesUm: async (axis) => {
      if (!places.has(axis)) places.set(axis, await placesAlong(axis));
      return places.get(axis);
    },
    clusters: async (unit) => {
      if (latest?.unit !== unit) latest = { unit, clusters: (await clusters())?.(unit) };
      return latest.clusters;
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function durationS({ totalSamples, context }: Facts): number {
  return totalSamples / context.samplingFrequencyHz;
}

/** Share of bins with more spikes than the threshold; segments follow each other, the rest after the last whole bin does not count. */
function presenceRatio(unit: number, params: MetricParams, facts: Facts): number {
  const { context, totalSamples, spikes } = facts;
  const binDurationS = numberOf(params, 'bin_duration_s', 60);
  const binSamples = Math.trunc(binDurationS * context.samplingFrequencyHz);
  const count = spikeCountAt(spikes, unit);
  if (totalSamples < binSamples || count === 0) return Number.NaN;
  if (!(totalSamples / binSamples <= mostBins)) throw new Unmeasurable('there would be too many bins');
  const counts = binnedCounts(trains(unit, facts), context.segmentSampleCounts, binSamples);
  if (counts === undefined) return 0;
  const least = Math.floor((count / durationS(facts)) * binDurationS * numberOf(params, 'mean_fr_ratio_thresh', 0));
  return counts.filter((spikesInBin) => spikesInBin > least).length / counts.length;
}

function trains(unit: number, { spikes, context }: Facts): Float64Array[] {
  return trainsOf(spikes, unit, context.segmentSampleCounts.length);
}

/** A unit's spikes and a value of each, segment by segment. */
function segmentsOf(unit: number, values: FloatArray, facts: Facts): SegmentValues[] {
  let start = 0;
  const own = ofUnit(values, facts.spikes, unit);
  return trains(unit, facts).map((train, segment) => {
    const part = own.subarray(start, start + train.length);
    start += train.length;
    return { train, values: part, sampleCount: facts.context.segmentSampleCounts[segment] };
  });
}

function percentilesOf(params: MetricParams): readonly [number, number] {
  const [low, high] = Array.isArray(params['percentiles']) ? params['percentiles'].map(Number) : [5, 95];
  return [low, high];
}
