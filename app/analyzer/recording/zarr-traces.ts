import { Failure } from '../../failure.ts';
import { BoundedCache } from '../bounded-cache.ts';
import { decodeFloat64, decodeStrings } from '../decode.ts';
import { checkCount, checkPositive } from '../forms/sorting-facts.ts';
import type { ReadOptions, Source } from '../source.ts';
import type { UnitId } from '../view.ts';
import { openZarr, type ZarrArray, type ZarrStore } from '../zarr.ts';
import { numbersOf } from './provenance.ts';
import { samplesOf } from './samples.ts';
import type { Traces } from './traces.ts';

/** Decoded chunks kept while reading on: 128 MiB. */
const cacheBytes = 2 ** 27;

/** A recording that SpikeInterface saved with `format="zarr"`. Throws `input.invalid` where the store is something else. */
export async function openZarrTraces(source: Source, options?: ReadOptions): Promise<Traces> {
  const store = await openZarr(source, new BoundedCache(cacheBytes), true, options);
  const root = await store.attributes('');
  const channelArray = await store.array('channel_ids');
  if (channelArray === undefined || root['num_segments'] === undefined) {
    throw new Failure(
      'input.invalid',
      `${source.name} is a zarr store, but not a recording of SpikeInterface. Choose the folder that recording.save(format="zarr") wrote.`,
      { folder: source.name },
    );
  }
  const segments: ZarrArray[] = [];
  for (let segment = 0; segment < checkCount(root['num_segments'], 'num_segments', '.zattrs'); segment += 1) {
    const array = await store.array(`traces_seg${segment}`);
    if (array?.shape.length !== 2) {
      throw new Failure('analyzer.damaged', `${source.name} has no traces_seg${segment}. Copy the recording again.`, {
        file: `traces_seg${segment}`,
      });
    }
    segments.push(array);
  }
  const idBytes = await channelArray.read(options);
  const channelIds: readonly UnitId[] =
    channelArray.dtype.kind === 'string'
      ? decodeStrings(idBytes, channelArray.dtype, 'channel_ids')
      : Array.from(decodeFloat64(idBytes, channelArray.dtype, 'channel_ids'));
  const dtype = numbersOf(segments[0].dtype, segments[0].file);
  return {
    name: source.name,
    channelIds,
    samplingFrequencyHz: checkPositive(root['sampling_frequency'], 'sampling_frequency', '.zattrs'),
    segmentSampleCounts: segments.map((array) => array.shape[0]),
    dtype,
    gainsToUv: await property(store, 'gain_to_uV', options),
    offsetsToUv: await property(store, 'offset_to_uV', options),
    read: async (segment, start, end, readOptions) =>
      samplesOf(await segments[segment].readRows(start, end - start, readOptions), dtype, segments[segment].file),
    close: async () => source.close?.(),
  };
}

async function property(store: ZarrStore, name: string, options: ReadOptions | undefined): Promise<Float64Array | undefined> {
  const array = await store.array(`properties/${name}`);
  return array === undefined ? undefined : decodeFloat64(await array.read(options), array.dtype, array.file);
}
