import { amplitudeCutoff } from '../../analyzer/compute/amplitude-cutoff.ts';
import { firstFrom } from '../../analyzer/compute/first-from.ts';
import { closePairs, contaminationFrom, refractorySamples, roundHalfEven } from '../../analyzer/compute/refractory.ts';
import { upright } from '../../analyzer/compute/upright.ts';
import { decodeFloat64, decodeIndices, fieldOf } from '../../analyzer/decode.ts';
import type { RecordDtype } from '../../analyzer/dtype.ts';
import type { FloatArray } from '../../analyzer/extensions/data.ts';
import { elementBytes, float64Type, int64Bytes, int64Type } from '../../analyzer/npy-bytes.ts';
import { Failure, throwIfCancelled } from '../../failure.ts';
import { requiredArray } from './required-array.ts';
import { finiteNumber } from './required-number.ts';
import { defineMergeRule, type MergedArray, type RuleContext } from './rule.ts';
import { ofUnit, spikeValues } from './spike-values.ts';
import { trainsOf } from './trains-of.ts';

/** Samples of a segment in which a unit is judged. */
interface Period {
  readonly segment: number;
  readonly start: number;
  readonly end: number;
  readonly unit: number;
}

/** A period with its shares of contaminating (`falsePositive`) and missing spikes. */
interface JudgedPeriod extends Period {
  readonly falsePositive: number;
  readonly falseNegative: number;
}

const periodFields = ['segment_index', 'start_sample_index', 'end_sample_index', 'unit_index'] as const;
const periodType: RecordDtype = {
  kind: 'record',
  itemSize: 32,
  fields: periodFields.map((name, at) => ({ name, dtype: int64Type, offset: 8 * at, count: 1 })),
};

/** Periods of merged units are judged again on their amplitudes and intervals; those a person gave are joined. */
export const validUnitPeriodsRule = defineMergeRule({
  id: 'valid_unit_periods',
  async merge(context) {
    const method = context.params['method'];
    if (method === 'user_defined') {
      const valid = await periodsOf('valid_unit_periods', context);
      return { arrays: [periodArray('valid_unit_periods', inOrder(joined(inOrder(moved(valid, context, true)))))] };
    }
    if (method === 'combined') {
      return {
        dropped:
          'it does not keep the periods that were given, without which those of merged units can’t be found: analyzer.compute("valid_unit_periods")',
      };
    }
    if (method !== 'false_positives_and_negatives') return { dropped: `Samecell does not know its method ${JSON.stringify(method)}` };
    const scalings = await spikeValues(context, 'amplitude_scalings', 'amplitude_scalings');
    if (scalings === undefined) return { dropped: 'the amplitude_scalings it is measured on are not there' };
    const valid = await periodsOf('valid_unit_periods', context);
    const all = await judgedPeriods(context);
    const measured = judged(scalings, context);
    const least = Math.trunc(finiteNumber(context.params, 'minimum_valid_period_duration') * context.samplingFrequencyHz);
    const good = measured.filter(
      ({ falsePositive, falseNegative }) =>
        falsePositive < finiteNumber(context.params, 'fp_threshold') && falseNegative < finiteNumber(context.params, 'fn_threshold'),
    );
    const longEnough = joined(inOrder(good)).filter(({ start, end }) => end - start >= least);
    const everything = inOrder([...moved(all, context, false), ...measured]);
    const column = (name: string, values: readonly number[]): MergedArray => ({
      name,
      dtype: float64Type,
      shape: [values.length],
      content: elementBytes(Float64Array.from(values)),
    });
    return {
      arrays: [
        periodArray('valid_unit_periods', inOrder([...moved(valid, context, false), ...longEnough])),
        periodArray('all_periods', everything),
        column(
          'fps',
          everything.map(({ falsePositive }) => falsePositive),
        ),
        column(
          'fns',
          everything.map(({ falseNegative }) => falseNegative),
        ),
      ],
    };
  },
});

async function periodsOf(name: string, context: RuleContext): Promise<Period[]> {
  const array = requiredArray(context, name);
  const bytes = await array.read(context.options);
  const column = (field: (typeof periodFields)[number]) => {
    const found = fieldOf(bytes, array.dtype, field, array.file);
    return decodeFloat64(found.bytes, found.dtype, array.file);
  };
  const [segments, starts, ends] = periodFields.slice(0, 3).map(column);
  const unitField = fieldOf(bytes, array.dtype, 'unit_index', array.file);
  const units = decodeIndices(unitField.bytes, unitField.dtype, array.file, context.units.unitIdsBefore.length, 'unit_index');
  return Array.from(segments, (segment, at) => ({ segment, start: starts[at], end: ends[at], unit: units[at] }));
}

async function judgedPeriods(context: RuleContext): Promise<JudgedPeriod[]> {
  const periods = await periodsOf('all_periods', context);
  const shares = async (name: string) => {
    const array = requiredArray(context, name, periods.length, 1);
    return decodeFloat64(await array.read(context.options), array.dtype, array.file);
  };
  const [falsePositives, falseNegatives] = [await shares('fps'), await shares('fns')];
  return periods.map((period, at) => ({ ...period, falsePositive: falsePositives[at], falseNegative: falseNegatives[at] }));
}

/** Periods with the unit's position after the merge; those of members only where `withMembers`. */
function moved<P extends Period>(periods: readonly P[], { units }: RuleContext, withMembers: boolean): P[] {
  return periods.flatMap((period) => {
    const unit = units.unitAfter[period.unit];
    return units.isMerged[unit] && !withMembers ? [] : [{ ...period, unit }];
  });
}

/** By segment, unit and start, as SpikeInterface sorts them. */
function inOrder<P extends Period>(periods: readonly P[]): P[] {
  return [...periods].sort((a, b) => a.segment - b.segment || a.unit - b.unit || a.start - b.start);
}

/** Sorted periods of one unit and segment that overlap or touch become one. */
function joined(periods: readonly Period[]): Period[] {
  const out: Period[] = [];
  for (const { segment, start, end, unit } of periods) {
    const last = out.at(-1);
    if (last?.unit === unit && last.segment === segment && start <= last.end) {
      out[out.length - 1] = { ...last, end: Math.max(last.end, end) };
    } else out.push({ segment, start, end, unit });
  }
  return out;
}

/** Every period of the merged units, judged with a margin on either side; what can't be judged counts as 1. */
function judged(scalings: FloatArray, context: RuleContext): JudgedPeriod[] {
  const { units, samplingFrequencyHz, segmentSampleCounts } = context;
  const { refractory, censored } = refractorySamples(
    {
      refractoryPeriodMs: finiteNumber(context.params, 'refractory_period_ms'),
      censoredPeriodMs: finiteNumber(context.params, 'censored_period_ms'),
    },
    samplingFrequencyHz,
  );
  const cutoff = {
    binCount: finiteNumber(context.params, 'num_histogram_bins'),
    smoothing: finiteNumber(context.params, 'histogram_smoothing_value'),
    leastPerBin: finiteNumber(context.params, 'amplitudes_bins_min_ratio'),
  };
  const out: JudgedPeriod[] = [];
  for (const unit of units.members.keys()) {
    if (!units.isMerged[unit]) continue;
    const own = ofUnit(scalings, units.spikes, unit);
    let offset = 0;
    for (const [segment, train] of trainsOf(units.spikes, unit, segmentSampleCounts.length).entries()) {
      throwIfCancelled(context.options.signal);
      const amplitudes = upright(own.subarray(offset, offset + train.length));
      offset += train.length;
      const sampleCount = segmentSampleCounts[segment];
      const { size, margin } = periodSamples(own.length, sampleCount, context);
      for (let start = 0; start < sampleCount; start += size) {
        const end = Math.min(start + size, sampleCount);
        const [low, high] = [Math.max(0, start - margin), Math.min(sampleCount, end + margin)];
        const [from, to] = [firstFrom(train, low), firstFrom(train, high)];
        const within = train.subarray(from, to);
        const falsePositive = contaminationFrom(closePairs(within, refractory), within.length, high - low, refractory, censored);
        const falseNegative = amplitudeCutoff(amplitudes.slice(from, to), cutoff);
        out.push({
          segment,
          start,
          end,
          unit,
          falsePositive: Number.isNaN(falsePositive) ? 1 : falsePositive,
          falseNegative: Number.isNaN(falseNegative) ? 1 : falseNegative,
        });
      }
    }
  }
  return out;
}

/** Of one unit in one segment. */
const mostPeriods = 2 ** 20;

/** Length of a period and of the margin beside it. */
function periodSamples(spikeCount: number, sampleCount: number, context: RuleContext): { size: number; margin: number } {
  const { samplingFrequencyHz, segmentSampleCounts, params } = context;
  const relative = params['period_mode'] === 'relative';
  const durationS = segmentSampleCounts.reduce((sum, count) => sum + count, 0) / samplingFrequencyHz;
  const wantedS = relative
    ? finiteNumber(context.params, 'period_target_num_spikes') / (spikeCount / durationS)
    : finiteNumber(context.params, 'period_duration_s_absolute');
  const share = finiteNumber(context.params, 'relative_margin_size');
  let size = roundHalfEven(wantedS * samplingFrequencyHz);
  let margin = roundHalfEven(share * size);
  const least = relative ? finiteNumber(context.params, 'min_num_periods_relative') : 0;
  if (relative && roundHalfEven(sampleCount / size) < least) {
    size = Math.floor(sampleCount / least);
    margin = Math.trunc(share * size);
  }
  if (size >= 1 && sampleCount / size <= mostPeriods) return { size, margin };
  throw new Failure('analyzer.damaged', 'Its parameters ask for periods of no length, or more than anyone needs. Recompute the extension.');
}

function periodArray(name: string, periods: readonly Period[]): MergedArray {
  return {
    name,
    dtype: periodType,
    shape: [periods.length],
    content: int64Bytes(periods.flatMap(({ segment, start, end, unit }) => [segment, start, end, unit])),
  };
}
