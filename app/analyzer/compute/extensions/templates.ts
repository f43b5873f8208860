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
  const { rows } = await view.extension('random_spikes', { signal });
  const { unitIndex } = await view.spikes({ signal });
  const sums = new Sums(view, waveforms.sampleCount);
  const breathe = createBreather(signal);
  // In stored order: unit by unit would read every stretch of a large file once for each unit.
  for await (const { first, rowCount, stride, values } of waveforms.inOrder({ signal })) {
    for (let row = 0; row < rowCount; row += 1) sums.add(unitIndex[rows[first + row]], values, row, stride);
    onProgress?.(first + rowCount, rows.length);
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
    for (let position = from; position < to; position += 1) sums.add(spikes.unitIndex[rows[position]], values, position - from, widest);
    onProgress?.(to, rows.length);
  }
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

  /** Adds one row of (T, width). */
  add(unit: number, values: Float32Array | Float64Array, row: number, width: number): void {
    const { sum, squares, sampleCount, channelCount } = this;
    const own = this.channels[unit];
    const base = unit * sampleCount * channelCount;
    this.counts[unit] += 1;
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

  /** Turns sums and squares into means and standard deviations, once. */
  private finish(): void {
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
    this.finish();
    const shape = [this.counts.length, this.sampleCount, this.channelCount];
    const arrays = operators.map((name) => {
      const values = name === 'average' ? this.sum : this.squares;
      return { name, dtype: double ? float64Type : float32Type, shape, content: elementBytes(double ? values : Float32Array.from(values)) };
    });
    return { params: { operators: [...operators], ...window }, arrays };
  }
}
