import { expect, it } from 'vitest';
import { openZarrTraces } from '../../../../app/analyzer/recording/zarr-traces.ts';
import { memorySource } from '../support/memory-source.ts';

const array = (shape: number[], chunks: number[], dtype: string) =>
  JSON.stringify({ zarr_format: 2, shape, chunks, dtype, order: 'C', fill_value: 0, compressor: null, filters: null });

/** Ten frames of two channels in chunks of four; the value is 10 · frame + channel. */
function recording(more: Record<string, string | Uint8Array<ArrayBuffer>> = {}) {
  const files: Record<string, string | Uint8Array<ArrayBuffer>> = {
    '.zgroup': '{"zarr_format": 2}',
    '.zattrs': JSON.stringify({ sampling_frequency: 30000, num_segments: 1 }),
    'channel_ids/.zarray': array([2], [2], '<i8'),
    'channel_ids/0': new Uint8Array(new BigInt64Array([7n, 9n]).buffer),
    'traces_seg0/.zarray': array([10, 2], [4, 2], '<i2'),
    'properties/.zgroup': '{"zarr_format": 2}',
    'properties/gain_to_uV/.zarray': array([2], [2], '<f8'),
    'properties/gain_to_uV/0': new Uint8Array(new Float64Array([0.5, 0.25]).buffer),
    ...more,
  };
  for (let chunk = 0; chunk < 3; chunk += 1) {
    const values = Int16Array.from({ length: 8 }, (_, at) => 10 * (4 * chunk + (at >> 1)) + (at & 1));
    files[`traces_seg0/${chunk}.0`] = new Uint8Array(values.buffer);
  }
  return memorySource(files);
}

it('reads frames across chunks, in the recording’s own counts', async () => {
  const traces = await openZarrTraces(recording());
  expect(traces).toMatchObject({ channelIds: [7, 9], samplingFrequencyHz: 30000, segmentSampleCounts: [10] });
  expect([...(traces.gainsToUv ?? [])]).toEqual([0.5, 0.25]);
  expect(traces.offsetsToUv).toBeUndefined();
  const samples = await traces.read(0, 3, 9);
  expect(samples).toBeInstanceOf(Int16Array);
  expect([...samples]).toEqual([30, 31, 40, 41, 50, 51, 60, 61, 70, 71, 80, 81]);
});

it('refuses a store that is no recording', async () => {
  const store = memorySource({ '.zgroup': '{"zarr_format": 2}', '.zattrs': '{}' });
  await expect(openZarrTraces(store)).rejects.toMatchObject({ kind: 'input.invalid' });
});
