import { decodeFloats } from '../decode.ts';
import type { ReadOptions } from '../source.ts';
import type { StoredExtension } from '../stored-analyzer.ts';
import { cutOutOf } from './cut-out.ts';
import type { FloatArray } from './data.ts';
import { defineExtension, type ReadContext } from './definition.ts';
import { optionalArray, requireArray } from './read-array.ts';

export const templates = defineExtension({
  id: 'templates',
  title: 'Templates',
  dependsOn: ['random_spikes'],
  needsRecording: true,
  requires: ['average'],
  read: async (stored, context, options) => {
    const average = await requireArray(stored, 'average', [context.unitIds.length, undefined, context.channelCount], options);
    const sampleCount = average.shape[1];
    return {
      average: decodeFloats(await average.read(options), average.dtype, average.file),
      std: await readOperator(stored, 'std', context, sampleCount, options),
      sampleCount,
      ...cutOutOf(stored, sampleCount, context.samplingFrequencyHz),
      operators: stored.dataNames.map(properName),
      ofOperator: (operator, readOptions) => readOperator(stored, operator, context, sampleCount, readOptions),
    };
  },
});

/** Early versions of SpikeInterface wrote "pencentile". */
function properName(dataName: string): string {
  return dataName.replace('pencentile', 'percentile');
}

async function readOperator(
  stored: StoredExtension,
  operator: string,
  context: ReadContext,
  sampleCount: number,
  options: ReadOptions | undefined,
): Promise<FloatArray | undefined> {
  const dataName = stored.dataNames.find((name) => properName(name) === operator);
  if (dataName === undefined) return undefined;
  const array = await optionalArray(stored, dataName, [context.unitIds.length, sampleCount, context.channelCount], options);
  return array === undefined ? undefined : decodeFloats(await array.read(options), array.dtype, array.file);
}
