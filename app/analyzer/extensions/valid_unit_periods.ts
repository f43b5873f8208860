import { decodeFloat64, decodeIndices, fieldOf } from '../decode.ts';
import type { ReadOptions } from '../source.ts';
import type { StoredExtension } from '../stored-analyzer.ts';
import type { UnitPeriods } from './data.ts';
import { defineExtension, type ReadContext } from './definition.ts';
import { optionalArray, requireArray } from './read-array.ts';

export const validUnitPeriods = defineExtension({
  id: 'valid_unit_periods',
  title: 'Valid periods of units',
  dependsOn: ['random_spikes', 'templates', 'amplitude_scalings'],
  needsRecording: false,
  requires: ['valid_unit_periods'],
  read: async (stored, context, options) => ({
    valid: await readPeriods(stored, 'valid_unit_periods', context, options),
    all: (await optionalArray(stored, 'all_periods', [undefined], options)) && (await readPeriods(stored, 'all_periods', context, options)),
  }),
});

async function readPeriods(
  stored: StoredExtension,
  dataName: string,
  context: ReadContext,
  options: ReadOptions | undefined,
): Promise<UnitPeriods> {
  const array = await requireArray(stored, dataName, [undefined], options);
  const bytes = await array.read(options);
  const field = (name: string) => fieldOf(bytes, array.dtype, name, array.file);
  const segment = field('segment_index');
  const start = field('start_sample_index');
  const end = field('end_sample_index');
  const unit = field('unit_index');
  return {
    count: array.shape[0],
    segmentIndex: decodeIndices(segment.bytes, segment.dtype, array.file, 2 ** 31, 'segment_index'),
    startSample: decodeFloat64(start.bytes, start.dtype, array.file),
    endSample: decodeFloat64(end.bytes, end.dtype, array.file),
    unitIndex: decodeIndices(unit.bytes, unit.dtype, array.file, context.unitIds.length, 'unit_index'),
  };
}
