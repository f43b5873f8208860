import { type Extreme, type ExtremeParams, type TemplateExtremes, templateExtremes } from '../../analyzer/compute/template-extremes.ts';
import { type MeasuredTemplate, templateMetrics } from '../../analyzer/compute/template-metrics.ts';
import { type SpreadTemplate, templatePropagation } from '../../analyzer/compute/template-propagation.ts';
import { Unmeasurable } from '../../analyzer/compute/unmeasurable.ts';
import { upsampler } from '../../analyzer/compute/upsampler.ts';
import { decodeFloats } from '../../analyzer/decode.ts';
import type { FloatArray } from '../../analyzer/extensions/data.ts';
import { elementBytes, float32Type, float64Type } from '../../analyzer/npy-bytes.ts';
import type { WrittenColumn, WrittenTable } from '../../analyzer/writing/analyzer-writer.ts';
import { Failure, throwIfCancelled } from '../../failure.ts';
import { channelsOf, type MergedUnits } from '../merged-units.ts';
import { columnAfter, type MetricParams, type MetricValues, numberOf, paramsOfMetric, tableRows, withoutValues } from './metric-columns.ts';
import { requiredArray } from './required-array.ts';
import { defineMergeRule, type RuleContext } from './rule.ts';

/** What is known of a merged unit's template; over channels only where such metrics are asked for. */
interface Measured {
  readonly single: MeasuredTemplate;
  readonly several: SpreadTemplate | undefined;
}

/** Merged units are measured again on their merged templates, the others kept. */
export const templateMetricsRule = defineMergeRule({
  id: 'template_metrics',
  async merge(context) {
    const { params, units } = context;
    const names = params['metric_names'];
    if (!Array.isArray(names)) return { dropped: 'its params.json does not say which metrics it holds' };
    const before = await context.table('metrics');
    const peaksBefore = await context.table('peaks_data');
    if (before === undefined) throw new Failure('analyzer.damaged', 'The table metrics is missing. Recompute the extension.');
    const unknown = names.map(String).find((name) => !Object.hasOwn(metricColumns, name));
    if (unknown !== undefined || peaksBefore === undefined || !context.arrays.has('main_channel_templates')) {
      return { dropped: 'it was measured by the rules of an older SpikeInterface: analyzer.compute("template_metrics") measures it anew' };
    }
    if (context.templates === undefined) return { dropped: 'the templates it is measured on are not there' };
    if ((params['template_operator'] ?? 'average') !== 'average') {
      return {
        dropped: `it was measured on ${String(params['template_operator'])} templates, which Samecell does not measure again: analyzer.compute("template_metrics")`,
      };
    }
    const array = requiredArray(context, 'main_channel_templates', units.unitIdsBefore.length, 2);
    const factor = numberOf(params, 'upsampling_factor', 10);
    const sampleCount = context.templates.sampleCount * Math.max(factor, 1);
    if (sampleCount !== array.shape[1] || !Number.isInteger(factor)) {
      return { dropped: `its templates have ${array.shape[1]} samples where its parameters ask for ${sampleCount}` };
    }
    const measured = await measuredTemplates(context, names.map(String));
    const rows = tableRows(before, units);

    const kept: string[] = [];
    const columns: WrittenColumn[] = [];
    for (const name of names.map(String)) {
      const values = measure(name, measured, paramsOfMetric(params['metric_params'], name));
      if (values === undefined) continue;
      kept.push(name);
      columns.push(...columnsAfter(before, rows, metricColumns[name], values, units));
    }
    if (columns.length === 0) return { dropped: 'none of its metrics can be measured again here: analyzer.compute("template_metrics")' };
    const left = names.map(String).filter((name) => !kept.includes(name));
    const list = JSON.stringify(kept);
    const peaks = measured.map((each) => each && peaksRow(each.single.extremes));
    return {
      arrays: [await mainChannelTemplates(array, measured, context)],
      tables: [
        { name: 'metrics', table: { index: units.unitIds, columns } },
        {
          name: 'peaks_data',
          table: { index: units.unitIds, columns: columnsAfter(peaksBefore, tableRows(peaksBefore, units), peakColumns, peaks, units) },
        },
      ],
      ...(left.length > 0 && {
        note: `${left.join(', ')} left out: SpikeInterface's own value hangs on how the processor sorts equally deep channels`,
        params: { metric_names: list, metrics_to_compute: list },
      }),
    };
  },
});

const metricColumns: Readonly<Record<string, readonly string[]>> = {
  peak_to_trough_duration: ['peak_to_trough_duration'],
  half_width: ['trough_half_width', 'peak_half_width'],
  repolarization_slope: ['repolarization_slope'],
  recovery_slope: ['recovery_slope'],
  number_of_peaks: ['num_positive_peaks', 'num_negative_peaks'],
  main_to_next_extremum_duration: ['main_to_next_extremum_duration'],
  waveform_ratios: [
    'peak_before_to_trough_ratio',
    'peak_after_to_trough_ratio',
    'peak_before_to_peak_after_ratio',
    'main_peak_to_trough_ratio',
  ],
  waveform_widths: ['trough_width', 'peak_before_width', 'peak_after_width'],
  waveform_baseline_flatness: ['waveform_baseline_flatness'],
  velocity_fits: ['velocity_above', 'velocity_below'],
  exp_decay: ['exp_decay'],
  spread: ['spread'],
};

const peakColumns = ['trough', 'peak_before', 'peak_after'].flatMap((extreme) =>
  ['index', 'width_left', 'width_right', 'half_width_left', 'half_width_right'].map((what) => `${extreme}_${what}`),
);

function peaksRow({ trough, peakBefore, peakAfter }: TemplateExtremes): MetricValues {
  const row: Record<string, number> = {};
  const add = (name: string, extreme: Extreme) => {
    row[`${name}_index`] = extreme.index;
    row[`${name}_width_left`] = extreme.widthLeft;
    row[`${name}_width_right`] = extreme.widthRight;
    row[`${name}_half_width_left`] = extreme.halfWidthLeft;
    row[`${name}_half_width_right`] = extreme.halfWidthRight;
  };
  add('trough', trough);
  add('peak_before', peakBefore);
  add('peak_after', peakAfter);
  return row;
}

/** Templates of merged units, `undefined` at the places of the others. */
async function measuredTemplates(context: RuleContext, names: readonly string[]): Promise<(Measured | undefined)[]> {
  const { units, params } = context;
  const factor = numberOf(params, 'upsampling_factor', 10);
  const samplingFrequencyHz = context.samplingFrequencyHz * Math.max(factor, 1);
  const extremeParams: ExtremeParams = {
    leastShare: numberOf(params, 'min_thresh_detect_peaks_troughs', 0.3),
    edgeMs: numberOf(params, 'edge_exclusion_ms', 0.09),
    distanceRatio: numberOf(params, 'min_peak_trough_distance_ratio', 0.2),
    leastDistanceSamples: numberOf(params, 'min_extremum_distance_samples', 3),
  };
  const several = names.some((name) => Object.hasOwn(templatePropagation, name));
  const mainChannels = await context.mainChannels();
  const upsample = upsampler(factor, context.templates?.average instanceof Float32Array);
  return units.members.map((_, unit) => {
    throwIfCancelled(context.options.signal);
    if (!units.isMerged[unit]) return undefined;
    const signal = (channel: number) => upsample(signalOf(context, unit, channel));
    const template = signal(mainChannels[unit]);
    const channels = several ? [...channelsOf(units.sparsity, unit, units.channelCount)] : [];
    return {
      single: { template, extremes: templateExtremes(template, samplingFrequencyHz, extremeParams), samplingFrequencyHz },
      several: several
        ? {
            signals: channels.map(signal),
            positionsUm: channels.map((channel) => [context.channelPositionsUm[2 * channel], context.channelPositionsUm[2 * channel + 1]]),
            samplingFrequencyHz,
            depthAxis: (params['depth_direction'] ?? 'y') === 'y' ? 1 : 0,
          }
        : undefined,
    };
  });
}

function signalOf({ templates, units }: RuleContext, unit: number, channel: number): FloatArray {
  if (templates === undefined) throw new Failure('analyzer.missingExtension', 'The templates are not there. Compute templates.');
  const { average, sampleCount } = templates;
  const start = unit * sampleCount * units.channelCount + channel;
  const signal = average instanceof Float32Array ? new Float32Array(sampleCount) : new Float64Array(sampleCount);
  for (let sample = 0; sample < sampleCount; sample += 1) signal[sample] = average[start + sample * units.channelCount];
  return signal;
}

/**
 * Values per merged unit; `undefined` where SpikeInterface's can't be had. As there, a unit that stops the measure leaves all
 * merged units without a value.
 */
function measure(
  name: string,
  measured: readonly (Measured | undefined)[],
  params: MetricParams,
): (MetricValues | undefined)[] | undefined {
  const single = templateMetrics[name];
  const over = templatePropagation[name];
  const values: (MetricValues | undefined)[] = [];
  try {
    for (const each of measured) {
      if (each === undefined) {
        values.push(undefined);
        continue;
      }
      const value = single !== undefined ? single(each.single, params) : each.several && over(each.several, params);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  } catch (error) {
    if (!(error instanceof Unmeasurable)) throw error;
    const nothing = withoutValues(metricColumns[name]);
    return measured.map((each) => each && nothing);
  }
}

/** MetricValues with the old values of units that stay and the new ones of merged units. */
function columnsAfter(
  before: WrittenTable,
  rows: readonly number[],
  names: readonly string[],
  measured: readonly (MetricValues | undefined)[],
  units: MergedUnits,
): WrittenColumn[] {
  return names.map((name) => {
    const column = before.columns.find((each) => each.name === name);
    const values = column?.values;
    if (rows.includes(-1) || column === undefined || !(values instanceof Float64Array)) {
      throw new Failure('analyzer.damaged', `The column ${name} does not have a number for every unit. Recompute the extension.`, {
        column: name,
      });
    }
    return columnAfter({ name, kind: column.kind, values }, rows, measured, units);
  });
}

async function mainChannelTemplates(
  array: ReturnType<typeof requiredArray>,
  measured: readonly (Measured | undefined)[],
  { units, options }: RuleContext,
) {
  const before = decodeFloats(await array.read(options), array.dtype, array.file);
  const size = array.shape[1];
  const single = before instanceof Float32Array;
  const after = single ? new Float32Array(units.unitIds.length * size) : new Float64Array(units.unitIds.length * size);
  units.members.forEach(([first], unit) => {
    after.set(measured[unit]?.single.template ?? before.subarray(first * size, (first + 1) * size), unit * size);
  });
  return {
    name: 'main_channel_templates',
    dtype: single ? float32Type : float64Type,
    shape: [units.unitIds.length, size],
    content: elementBytes(after),
  };
}
