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
    sums.add(values, rowCount, stride, (row) => unitIndex[rows[first + row]]);
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
    sums.add(values, to - from, widest, (row) => spikes.unitIndex[rows[from + row]]);
    onProgress?.(to, rows.length);
  }
  return sums.extension(operators, { ms_before: msBefore, ms_after: msAfter }, false);
}

/** Sums, sums of squares and counts per unit (n, T, width), laid out like the waveforms: each unit's own channels come first. */
class Sums {
  readonly sum: Float64Array;
  readonly squares: Float64Array;
  readonly sampleCount: number;
  readonly width: number;
  private readonly counts: Float64Array;
  private readonly channels: readonly Int32Array[];
  private readonly channelCount: number;

  constructor(view: AnalyzerView, sampleCount: number) {
    const { channels, widest } = unitChannels(view);
    this.channelCount = view.channelIds.length;
    this.sampleCount = sampleCount;
    this.channels = channels;
    this.width = widest;
    this.counts = new Float64Array(view.unitIds.length);
    this.sum = new Float64Array(view.unitIds.length * sampleCount * widest);
    this.squares = new Float64Array(this.sum.length);
  }

  /** Adds rows of (T, stride), of which `unitOf` tells the unit. */
  add(values: Float32Array | Float64Array, rowCount: number, stride: number, unitOf: (row: number) => number): void {
    const rowsOf = new Map<number, number[]>();
    for (let row = 0; row < rowCount; row += 1) {
      const unit = unitOf(row);
      const own = rowsOf.get(unit);
      if (own === undefined) rowsOf.set(unit, [row]);
      else own.push(row);
    }
    for (const [unit, rows] of rowsOf) {
      this.counts[unit] += rows.length;
      const starts = Int32Array.from(rows, (row) => row * this.sampleCount * stride);
      const to = unit * this.sampleCount * this.width;
      addRows(this, values, starts, stride, to, this.channels[unit].length);
    }
  }

  /** Means or standard deviations, dense (n, T, C). */
  private dense(name: Operators[number]): Float64Array {
    const { sum, squares, sampleCount, width, channelCount } = this;
    const out = new Float64Array(this.counts.length * sampleCount * channelCount);
    for (const [unit, own] of this.channels.entries()) {
      const count = this.counts[unit];
      if (count === 0) continue;
      for (let line = unit * sampleCount; line < (unit + 1) * sampleCount; line += 1) {
        for (let place = 0; place < own.length; place += 1) {
          const cell = line * width + place;
          const mean = sum[cell] / count;
          out[line * channelCount + own[place]] = name === 'average' ? mean : Math.sqrt(Math.max(0, squares[cell] / count - mean * mean));
        }
      }
    }
    return out;
  }

  extension(operators: Operators, window: { ms_before: number; ms_after: number }, double: boolean): ComputedExtension {
    const shape = [this.counts.length, this.sampleCount, this.channelCount];
    const arrays = operators.map((name) => {
      const values = this.dense(name);
      return { name, dtype: double ? float64Type : float32Type, shape, content: elementBytes(double ? values : new Float32Array(values)) };
    });
    return { params: { operators: [...operators], ...window }, arrays };
  }
}

interface Totals {
  readonly sum: Float64Array;
  readonly squares: Float64Array;
  readonly sampleCount: number;
  readonly width: number;
}

/** Four rows at once spare three quarters of the way to memory; each is still added after the one before. */
function addRows(
  { sum, squares, sampleCount, width }: Totals,
  values: Float32Array | Float64Array,
  starts: Int32Array,
  stride: number,
  to: number,
  own: number,
): void {
  let row = 0;
  for (; row + 4 <= starts.length; row += 4) {
    let a = starts[row];
    let b = starts[row + 1];
    let c = starts[row + 2];
    let d = starts[row + 3];
    let line = to;
    for (let sample = 0; sample < sampleCount; sample += 1) {
      for (let place = 0; place < own; place += 1) {
        const first = values[a + place];
        const second = values[b + place];
        const third = values[c + place];
        const fourth = values[d + place];
        sum[line + place] = sum[line + place] + first + second + third + fourth;
        squares[line + place] = squares[line + place] + first * first + second * second + third * third + fourth * fourth;
      }
      a += stride;
      b += stride;
      c += stride;
      d += stride;
      line += width;
    }
  }
  for (; row < starts.length; row += 1) {
    for (let sample = 0; sample < sampleCount; sample += 1) {
      const from = starts[row] + sample * stride;
      const line = to + sample * width;
      for (let place = 0; place < own; place += 1) {
        const value = values[from + place];
        sum[line + place] += value;
        squares[line + place] += value * value;
      }
    }
  }
}
