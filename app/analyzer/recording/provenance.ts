import { Failure } from '../../failure.ts';
import { type Dtype, type NumberDtype, parseDtype } from '../dtype.ts';
import { checkCount, checkPositive, checkUnitIds } from '../forms/sorting-facts.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { UnitId } from '../view.ts';

/** Where samples lie and what they are, as SpikeInterface's JSON says it. Paths are as written there. */
export type RecordingDescription = BinaryDescription | FolderDescription;

/** Raw files, one per segment, frame after frame. */
export interface BinaryDescription {
  readonly kind: 'files';
  readonly filePaths: readonly string[];
  readonly samplingFrequencyHz: number;
  readonly channelCount: number;
  readonly channelIds: readonly UnitId[] | undefined;
  readonly dtype: NumberDtype;
  /** Bytes before the first sample. */
  readonly offsetBytes: number;
  readonly gainsToUv: Float64Array | undefined;
  readonly offsetsToUv: Float64Array | undefined;
}

/** A folder that describes itself: SpikeInterface's binary folder, or its zarr recording. */
export interface FolderDescription {
  readonly kind: 'folder' | 'zarr';
  readonly path: string;
  readonly gainsToUv: Float64Array | undefined;
  readonly offsetsToUv: Float64Array | undefined;
}

/**
 * Reads `recording.json` or `binary.json`. Only recordings that are stored as they are can be read: anything else (a filter,
 * a reference, a channel selection, another maker's format) throws `analyzer.unsupported` naming its class.
 */
export function readProvenance(value: JsonObject, file: string): RecordingDescription {
  const className = typeof value['class'] === 'string' ? value['class'] : '';
  const name = className.slice(className.lastIndexOf('.') + 1);
  const kwargs = isJsonObject(value['kwargs']) ? value['kwargs'] : {};
  const properties = isJsonObject(value['properties']) ? value['properties'] : {};
  switch (name) {
    case 'BinaryFolderRecording':
      return { kind: 'folder', path: requireText(kwargs['folder_path'], 'folder_path', file), ...scaleOf(properties, undefined) };
    case 'ZarrRecordingExtractor':
      return { kind: 'zarr', path: requireText(kwargs['folder_path'], 'folder_path', file), ...scaleOf(properties, undefined) };
    case 'BinaryRecordingExtractor':
      return binaryDescription(kwargs, properties, file);
    default:
      throw new Failure(
        'analyzer.unsupported',
        `${file} names a ${name || 'recording without a class'}, which Samecell does not compute. Save that recording as it is with recording.save(folder=...) and locate the saved folder.`,
        { file, class: className.slice(0, 200) },
      );
  }
}

function binaryDescription(kwargs: JsonObject, properties: JsonObject, file: string): BinaryDescription {
  const axis = kwargs['time_axis'] ?? 0;
  if (axis !== 0) {
    throw new Failure(
      'analyzer.unsupported',
      `${file} stores its samples channel after channel (time_axis ${String(axis).slice(0, 20)}); Samecell reads frame after frame. Save it with recording.save(folder=...).`,
      { file },
    );
  }
  const paths = typeof kwargs['file_paths'] === 'string' ? [kwargs['file_paths']] : kwargs['file_paths'];
  if (!Array.isArray(paths) || paths.length === 0 || !paths.every((path) => typeof path === 'string')) throw unusable('file_paths', file);
  const channelCount = checkCount(kwargs['num_channels'] ?? kwargs['num_chan'], 'num_channels', file);
  const offset = kwargs['file_offset'] ?? 0;
  if (typeof offset !== 'number' || !Number.isSafeInteger(offset) || offset < 0) throw unusable('file_offset', file);
  const ids = kwargs['channel_ids'];
  return {
    kind: 'files',
    filePaths: paths as string[],
    samplingFrequencyHz: checkPositive(kwargs['sampling_frequency'], 'sampling_frequency', file),
    channelCount,
    channelIds: Array.isArray(ids) ? checkUnitIds(ids, file, 'channel') : undefined,
    dtype: numbersOf(parseDtype(kwargs['dtype'], file), file),
    offsetBytes: offset,
    ...scaleOf(properties, kwargs, channelCount),
  };
}

function scaleOf(
  properties: JsonObject,
  kwargs: JsonObject | undefined,
  channelCount?: number,
): Pick<BinaryDescription, 'gainsToUv' | 'offsetsToUv'> {
  const read = (key: string) => perChannel(properties[key], channelCount) ?? perChannel(kwargs?.[key], channelCount);
  return { gainsToUv: read('gain_to_uV'), offsetsToUv: read('offset_to_uV') };
}

/** One number for each channel; one number alone counts for all. */
function perChannel(value: JsonValue | undefined, channelCount: number | undefined): Float64Array | undefined {
  if (typeof value === 'number' && channelCount !== undefined) return new Float64Array(channelCount).fill(value);
  if (!Array.isArray(value) || value.length === 0 || !value.every((item) => typeof item === 'number')) return undefined;
  return Float64Array.from(value as number[]);
}

/** Refuses text and records as samples. */
export function numbersOf(dtype: Dtype, file: string): NumberDtype {
  if (dtype.kind !== 'string' && dtype.kind !== 'record' && dtype.kind !== 'bool') return dtype;
  throw new Failure('analyzer.unsupported', `${file} holds something else than numbers, so it isn't a recording.`, { file });
}

function requireText(value: JsonValue | undefined, field: string, file: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw unusable(field, file);
}

function unusable(field: string, file: string): Failure {
  return new Failure('analyzer.damaged', `${file} has no usable ${field}. Locate the recording yourself.`, { file, field });
}
