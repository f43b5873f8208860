import { z } from 'zod';
import { Failure } from '../../../failure.ts';
import { elementBytes, float32Type, float64Type } from '../../npy-bytes.ts';
import { scaleFor } from '../../recording/scale.ts';
import type { AnalyzerView } from '../../view.ts';
import { createBreather } from '../breathe.ts';
import { roundHalfEven } from '../refractory.ts';
import { type ComputeContext, type ComputedExtension, defineComputation, nothingElse, requireTraces } from './computation.ts';
import { cutWaveforms } from './cut-waveforms.ts';
import { unitChannels } from './unit-channels.ts';

const operatorNames = ['average', 'std'] as const;

/**
 * Average and standard deviation of the random spikes' waveforms, dense, 0 outside the mask: from the waveforms where they are
 * there (then in double precision, with their window), else straight from the recording (single precision, as SpikeInterface).
 */
export const templates = defineComputation({
  id: 'templates',
  className: 'spikeinterface.core.analyzer_extension_core.ComputeTemplates',
  params: z.strictObject({
    ms_before: z.number().positive().max(100).optional(),
    ms_after: z.number().positive().max(100).optional(),
    operators: z
      .array(z.enum(operatorNames))
      .min(1)
      .default([...operatorNames]),
  }),
  needs: (has) =>
    has('waveforms')
      ? { extensions: ['random_spikes', 'waveforms'], ...nothingElse }
      : { extensions: ['random_spikes'], ...nothingElse, recording: true },
  async run(context, params) {
    const { view } = context;
    if (!view.has('waveforms')) return fromRecording(context, params.ms_before ?? 1, params.ms_after ?? 2, params.operators);
    const { msBefore, msAfter } = await view.extension('waveforms', { signal: context.signal });
    if ((params.ms_before ?? msBefore) !== msBefore || (params.ms_after ?? msAfter) !== msAfter) {
      throw new Failure(
        'input.invalid',
        `Templates come from the waveforms, which reach from ${msBefore} ms before to ${msAfter} ms after the spike; leave ms_before and ms_after out.`,
        { field: 'ms_before' },
      );
    }
    return fromWaveforms(context, params.operators);
  },
});

type Operators = readonly (typeof operatorNames)[number][];

async function fromWaveforms({ view, signal, onProgress }: ComputeContext, operators: Operators): Promise<ComputedExtension> {
  const waveforms = await view.extension('waveforms', { signal });
  const sums = new Sums(view, waveforms.sampleCount);
  const breathe = createBreather(signal);
  for (let unit = 0; unit < view.unitIds.length; unit += 1) {
    const { values, rowCount } = await waveforms.ofUnit(unit, { signal });
    const width = waveforms.channelsOf(unit).length;
    sums.add(unit, values, 0, rowCount, width);
    sums.finishMean(unit);
    sums.addDeviations(unit, values, rowCount, width);
    onProgress?.(unit + 1, view.unitIds.length);
    const turn = breathe();
    if (turn) await turn;
  }
  const { msBefore, msAfter } = waveforms;
  return sums.extension(operators, { ms_before: msBefore, ms_after: msAfter }, true);
}

async function fromRecording(context: ComputeContext, msBefore: number, msAfter: number, operators: Operators): Promise<ComputedExtension> {
  const { view, signal, onProgress } = context;
  const traces = requireTraces(context, 'templates');
  const scale = scaleFor(view, traces);
  const { rows } = await view.extension('random_spikes', { signal });
  const spikes = await view.spikes({ signal });
  const perMs = view.samplingFrequencyHz / 1000;
  const window = { before: roundHalfEven(msBefore * perMs), after: roundHalfEven(msAfter * perMs) };
  const { channels, widest } = unitChannels(view);
  const sums = new Sums(view, window.before + window.after);
  const channelsOf = (unit: number) => channels[unit];
  for await (const { from, to, values } of cutWaveforms(traces, spikes, rows, window, channelsOf, widest, scale, { signal })) {
    for (let position = from; position < to; position += 1) sums.add(spikes.unitIndex[rows[position]], values, position - from, 1, widest);
    onProgress?.(to, rows.length);
  }
  sums.finishFromSquares();
  return sums.extension(operators, { ms_before: msBefore, ms_after: msAfter }, false);
}

/** Sums, sums of squares and counts per unit, on each unit's own channels, laid out dense (n, T, C). */
class Sums {
  private readonly sum: Float64Array;
  private readonly squares: Float64Array;
  private readonly counts: Float64Array;
  private readonly channels: readonly Int32Array[];
  private readonly channelCount: number;
  private readonly sampleCount: number;

  constructor(view: AnalyzerView, sampleCount: number) {
    this.channelCount = view.channelIds.length;
    this.sampleCount = sampleCount;
    this.channels = unitChannels(view).channels;
    this.counts = new Float64Array(view.unitIds.length);
    this.sum = new Float64Array(view.unitIds.length * sampleCount * this.channelCount);
    this.squares = new Float64Array(this.sum.length);
  }

  /** Adds `rowCount` rows of (T, width) from row `first` on. */
  add(unit: number, values: Float32Array | Float64Array, first: number, rowCount: number, width: number): void {
    this.counts[unit] += rowCount;
    const { sum, squares, sampleCount, channelCount } = this;
    const own = this.channels[unit];
    const base = unit * sampleCount * channelCount;
    for (let row = first; row < first + rowCount; row += 1) {
      for (let sample = 0; sample < sampleCount; sample += 1) {
        const from = (row * sampleCount + sample) * width;
        const to = base + sample * channelCount;
        for (let place = 0; place < own.length; place += 1) {
          const value = values[from + place];
          const cell = to + own[place];
          sum[cell] += value;
          squares[cell] += value * value;
        }
      }
    }
  }

  /** Turns one unit's sum into its mean and empties its squares. */
  finishMean(unit: number): void {
    const size = this.sampleCount * this.channelCount;
    const count = this.counts[unit];
    for (let cell = unit * size; cell < (unit + 1) * size; cell += 1) {
      this.sum[cell] = count > 0 ? this.sum[cell] / count : 0;
      this.squares[cell] = 0;
    }
  }

  /** Turns squares into the standard deviation around the mean that `finishMean` left. */
  addDeviations(unit: number, values: Float32Array, rowCount: number, width: number): void {
    const { sum, squares, sampleCount, channelCount } = this;
    const own = this.channels[unit];
    const base = unit * sampleCount * channelCount;
    for (let row = 0; row < rowCount; row += 1) {
      for (let sample = 0; sample < sampleCount; sample += 1) {
        const from = (row * sampleCount + sample) * width;
        const to = base + sample * channelCount;
        for (let place = 0; place < own.length; place += 1) {
          const cell = to + own[place];
          const deviation = values[from + place] - sum[cell];
          squares[cell] += deviation * deviation;
        }
      }
    }
    const size = this.sampleCount * this.channelCount;
    for (let cell = unit * size; cell < (unit + 1) * size; cell += 1) {
      this.squares[cell] = rowCount > 0 ? Math.sqrt(this.squares[cell] / rowCount) : 0;
    }
  }

  /** Means and deviations of all units, where the rows can't be read a second time. */
  finishFromSquares(): void {
    const size = this.sampleCount * this.channelCount;
    for (const [unit, count] of this.counts.entries()) {
      for (let cell = unit * size; cell < (unit + 1) * size; cell += 1) {
        const mean = count > 0 ? this.sum[cell] / count : 0;
        this.sum[cell] = mean;
        this.squares[cell] = count > 0 ? Math.sqrt(Math.max(0, this.squares[cell] / count - mean * mean)) : 0;
      }
    }
  }

  extension(operators: Operators, window: { ms_before: number; ms_after: number }, double: boolean): ComputedExtension {
    const shape = [this.counts.length, this.sampleCount, this.channelCount];
    const arrays = operators.map((name) => {
      const values = name === 'average' ? this.sum : this.squares;
      return { name, dtype: double ? float64Type : float32Type, shape, content: elementBytes(double ? values : Float32Array.from(values)) };
    });
    return { params: { operators: [...operators], ...window }, arrays };
  }
}
