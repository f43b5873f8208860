import { Failure } from '../../failure.ts';
import type { ReadOptions, Source } from '../source.ts';
import { rowBytes } from '../stored-array.ts';
import type { BinaryDescription } from './provenance.ts';
import { samplesOf } from './samples.ts';
import type { Traces } from './traces.ts';

/** One raw file behind a segment. */
export interface RawFile {
  readonly source: Source;
  readonly key: string;
}

/** Raw files as a recording. Throws `input.notFound` naming a file that is not there. */
export async function openBinaryTraces(name: string, description: BinaryDescription, files: readonly RawFile[]): Promise<Traces> {
  const { channelCount, dtype, offsetBytes, samplingFrequencyHz } = description;
  const frameBytes = rowBytes([1, channelCount], dtype.itemSize);
  const segmentSampleCounts: number[] = [];
  for (const { source, key } of files) {
    const size = await source.size(key);
    if (size === undefined) {
      throw new Failure('input.notFound', `The recording's file ${key} is not there. Locate the recording.`, { file: key });
    }
    segmentSampleCounts.push(Math.max(0, Math.floor((size - offsetBytes) / frameBytes)));
  }
  return {
    name,
    channelIds: description.channelIds ?? Array.from({ length: channelCount }, (_, channel) => channel),
    samplingFrequencyHz,
    segmentSampleCounts,
    dtype,
    gainsToUv: description.gainsToUv,
    offsetsToUv: description.offsetsToUv,
    async read(segment: number, start: number, end: number, options?: ReadOptions, into?: Uint8Array<ArrayBuffer>) {
      const { source, key } = files[segment];
      const length = (end - start) * frameBytes;
      const bytes = await source.getRange(key, offsetBytes + start * frameBytes, length, options, into);
      if (bytes === undefined || bytes.byteLength !== length) {
        throw new Failure('analyzer.changed', `The recording's file ${key} changed while it was being read. Compute again.`, { file: key });
      }
      return samplesOf(bytes, dtype, key);
    },
    async close() {
      for (const { source } of files) await source.close?.();
    },
  };
}
