import { expect, it } from 'vitest';
import type { NumberDtype } from '../../../../app/analyzer/dtype.ts';
import { blocksAroundSpikes } from '../../../../app/analyzer/recording/trace-blocks.ts';
import type { Traces } from '../../../../app/analyzer/recording/traces.ts';
import type { SpikeColumns } from '../../../../app/analyzer/view.ts';

const channelCount = 64;

/** A recording whose sample is its frame modulo a prime plus its channel, and what was read of it. */
function counting(segmentSampleCounts: readonly number[]): { traces: Traces; read: [number, number, number][]; memories: Set<unknown> } {
  const read: [number, number, number][] = [];
  const memories = new Set<unknown>();
  const traces: Traces = {
    name: 'counting',
    channelIds: Array.from({ length: channelCount }, (_, channel) => channel),
    samplingFrequencyHz: 30_000,
    segmentSampleCounts,
    dtype: { kind: 'int', itemSize: 2, littleEndian: true } as NumberDtype,
    gainsToUv: undefined,
    offsetsToUv: undefined,
    async read(segment, start, end, _, into) {
      read.push([segment, start, end]);
      if (into === undefined) throw new Error('no memory was given');
      memories.add(into.buffer);
      const samples = new Int16Array(into.buffer, 0, (end - start) * channelCount);
      for (let at = 0; at < samples.length; at += 1) samples[at] = sampleAt(start + Math.floor(at / channelCount), at % channelCount);
      return samples;
    },
    close: async () => undefined,
  };
  return { traces, read, memories };
}

function sampleAt(frame: number, channel: number): number {
  return (frame % 31_337) + channel;
}

function columns(spikes: readonly (readonly [segment: number, sample: number])[]): SpikeColumns {
  return {
    count: spikes.length,
    sampleIndex: Float64Array.from(spikes, ([, sample]) => sample),
    segmentIndex: Int32Array.from(spikes, ([segment]) => segment),
    unitIndex: new Int32Array(spikes.length),
    rows: Int32Array.from(spikes.keys()),
    offsets: Int32Array.of(0, spikes.length),
  };
}

it('gives every spike once with the samples around it, from one piece of memory', async () => {
  const lengths = [300_000, 40_000];
  const spikes: [number, number][] = [];
  for (let sample = 3; sample < 300_000; sample += 1 + ((sample * 7919) % 2500)) spikes.push([0, sample]);
  spikes.push([0, 299_999], [1, 0], [1, 39_999]);
  const { traces, memories } = counting(lengths);
  const window = { before: 30, after: 45 };
  const seen: number[] = [];
  for await (const { segment, start, end, samples, from, to } of blocksAroundSpikes(traces, columns(spikes), undefined, window)) {
    for (let position = from; position < to; position += 1) {
      const [ownSegment, sample] = spikes[position];
      expect(ownSegment).toBe(segment);
      expect(start).toBeLessThanOrEqual(Math.max(0, sample - window.before));
      expect(end).toBeGreaterThanOrEqual(Math.min(lengths[segment], sample + window.after));
      expect(samples[(sample - start) * channelCount + 5]).toBe(sampleAt(sample, 5));
      seen.push(position);
    }
  }
  expect(seen).toEqual([...spikes.keys()]);
  expect(memories.size).toBe(1);
});

it('leaves out what lies far from any spike', async () => {
  const spikes: [number, number][] = Array.from({ length: 100 }, (_, at) => [0, 50_000 * at + 1000]);
  const { traces, read } = counting([5_000_000]);
  for await (const _ of blocksAroundSpikes(traces, columns(spikes), undefined, { before: 30, after: 60 }));
  expect(read).toEqual(spikes.map(([, sample]) => [0, sample - 30, sample + 60]));
});

it('reads a window larger than a stretch whole', async () => {
  const { traces, read } = counting([100_000]);
  const spikes = columns([
    [0, 40_000],
    [0, 40_002],
  ]);
  for await (const _ of blocksAroundSpikes(traces, spikes, undefined, { before: 20_000, after: 20_000 }));
  expect(read).toEqual([
    [0, 20_000, 60_000],
    [0, 20_002, 60_002],
  ]);
});
