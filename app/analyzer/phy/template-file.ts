import { Failure, throwIfCancelled } from '../../failure.ts';
import { decodeFloat64 } from '../decode.ts';
import { openNpy } from '../npy.ts';
import type { ReadOptions, Source } from '../source.ts';
import type { StoredArray } from '../stored-array.ts';
import { inverseMatrix } from './inverse-matrix.ts';

/** Which channel each column of a row is: (rows, width), −1 where the column is padding. */
export interface ChannelColumns {
  readonly file: string;
  readonly width: number;
  readonly channels: Int32Array;
}

/** `templates.npy`, described. */
export interface TemplateFile {
  readonly array: StoredArray;
  readonly templateCount: number;
  readonly sampleCount: number;
  /** Channels of the columns; `undefined` where every template has all channels in order. */
  readonly columns: ChannelColumns | undefined;
}

/** Describes `templates.npy` (nT, T, K) and reads which channels its columns are. */
export async function openTemplateFile(source: Source, channelCount: number, options?: ReadOptions): Promise<TemplateFile | undefined> {
  const array = await openNpy(source, 'templates.npy', options);
  if (array === undefined) return undefined;
  const [templateCount, sampleCount, width] = array.shape;
  if (array.shape.length !== 3 || array.dtype.kind !== 'float' || !(sampleCount > 0) || !(width > 0)) {
    throw new Failure(
      'analyzer.damaged',
      `templates.npy should hold templates by samples by channels and has the shape (${array.shape.join(', ')}). Copy it again, or export the folder again.`,
      { file: 'templates.npy' },
    );
  }
  const columns =
    (await readChannelColumns(source, 'template_ind.npy', templateCount, width, channelCount, options)) ??
    (await readChannelColumns(source, 'templates_ind.npy', templateCount, width, channelCount, options));
  const isPlain = width === channelCount && (columns === undefined || columns.channels.every((channel, at) => channel === at % width));
  if (columns === undefined && !isPlain) {
    throw new Failure(
      'analyzer.damaged',
      `templates.npy has ${width} channels of ${channelCount}, and template_ind.npy, which says which, is missing. Copy it from the same folder.`,
      { file: 'template_ind.npy' },
    );
  }
  return { array, templateCount, sampleCount, columns: isPlain ? undefined : columns };
}

/** Reads a (rows, width) table of channels; `undefined` where the file does not exist. Values past the last channel are refused. */
export async function readChannelColumns(
  source: Source,
  file: string,
  rowCount: number,
  width: number | undefined,
  channelCount: number,
  options?: ReadOptions,
): Promise<ChannelColumns | undefined> {
  const array = await openNpy(source, file, options);
  if (array === undefined) return undefined;
  const shape = array.shape.length === 1 ? [array.shape[0], 1] : array.shape;
  if (shape.length !== 2 || shape[0] !== rowCount || (width !== undefined && shape[1] !== width)) {
    throw new Failure(
      'analyzer.damaged',
      `${file} has the shape (${array.shape.join(', ')}), but (${rowCount}, ${width ?? 'any'}) is needed. Copy it and templates.npy from the same folder.`,
      { file },
    );
  }
  const values = decodeFloat64(await array.read(options), array.dtype, file);
  const channels = new Int32Array(values.length);
  for (const [at, value] of values.entries()) {
    // Unsigned files hold −1 as their largest number.
    const isPadding = value < 0 || value >= 2 ** 32 - 1 || Number.isNaN(value);
    if (!isPadding && !(value < channelCount && Number.isInteger(value))) {
      throw new Failure('analyzer.damaged', `${file} names channel ${value}, but there are ${channelCount}. Export the folder again.`, {
        file,
        value: String(value),
      });
    }
    channels[at] = isPadding ? -1 : value;
  }
  return { file, width: shape[1], channels };
}

/** How templates were whitened by the sorter, if they were: the matrix that undoes it (C, C), and where it is from. */
export interface Unwhitening {
  readonly file: string;
  readonly matrix: Float64Array;
}

/** `whitening_mat_inv.npy`, else the inverse of `whitening_mat.npy`, else nothing to undo. */
export async function readUnwhitening(source: Source, channelCount: number, options?: ReadOptions): Promise<Unwhitening | undefined> {
  const inverse = await readSquare(source, 'whitening_mat_inv.npy', channelCount, options);
  if (inverse !== undefined) return { file: 'whitening_mat_inv.npy', matrix: inverse };
  const whitening = await readSquare(source, 'whitening_mat.npy', channelCount, options);
  if (whitening === undefined) return undefined;
  const matrix = inverseMatrix(whitening, channelCount);
  if (matrix !== undefined) return { file: 'whitening_mat.npy', matrix };
  throw new Failure(
    'analyzer.damaged',
    'whitening_mat.npy has no inverse, so templates can’t be unwhitened. Put whitening_mat_inv.npy beside it, or sort again.',
    { file: 'whitening_mat.npy' },
  );
}

async function readSquare(source: Source, file: string, size: number, options: ReadOptions | undefined): Promise<Float64Array | undefined> {
  const array = await openNpy(source, file, options);
  if (array === undefined) return undefined;
  if (array.shape.length !== 2 || array.shape[0] !== size || array.shape[1] !== size) {
    throw new Failure(
      'analyzer.damaged',
      `${file} has the shape (${array.shape.join(', ')}), but there are ${size} channels. Copy it from the same folder, or sort again.`,
      { file },
    );
  }
  return decodeFloat64(await array.read(options), array.dtype, file);
}

/** Which templates a unit's spikes have: rows of `templates.npy` with the number of spikes, the most frequent first. */
export type TemplateShares = readonly { readonly row: number; readonly spikeCount: number }[];

/**
 * Templates of units (n, T, C) as phy shows a cluster: each template unwhitened on its own channels, averaged with the numbers of
 * spikes as weights, on the channels of the unit (`mask`); zero elsewhere.
 */
export async function unitTemplates(
  file: TemplateFile,
  shares: readonly TemplateShares[],
  channelCount: number,
  mask: Uint8Array | undefined,
  unwhitening: Unwhitening | undefined,
  scaling: number,
  options?: ReadOptions,
): Promise<Float64Array> {
  const { array, sampleCount } = file;
  const size = sampleCount * channelCount;
  const out = new Float64Array(shares.length * size);
  const usersOf = new Map<number, { unit: number; weight: number }[]>();
  for (const [unit, own] of shares.entries()) {
    const total = own.reduce((sum, { spikeCount }) => sum + spikeCount, 0);
    for (const { row, spikeCount } of own) {
      const users = usersOf.get(row) ?? [];
      users.push({ unit, weight: spikeCount / total });
      usersOf.set(row, users);
    }
  }
  const width = array.shape[2];
  const whole = array.rowsAreCheap ? undefined : decodeFloat64(await array.read(options), array.dtype, array.file);
  for (const [row, users] of [...usersOf].sort(([a], [b]) => a - b)) {
    throwIfCancelled(options?.signal);
    const stored =
      whole?.subarray(row * sampleCount * width, (row + 1) * sampleCount * width) ??
      decodeFloat64(await array.readRows(row, 1, options), array.dtype, array.file);
    const dense = unwhitened(stored, file, row, channelCount, unwhitening, scaling);
    for (const { unit, weight } of users) {
      for (let at = 0; at < size; at += 1) {
        if (mask === undefined || mask[unit * channelCount + (at % channelCount)] === 1) out[unit * size + at] += weight * dense[at];
      }
    }
  }
  return out;
}

function unwhitened(
  stored: Float64Array,
  { columns, sampleCount }: TemplateFile,
  row: number,
  channelCount: number,
  unwhitening: Unwhitening | undefined,
  scaling: number,
): Float64Array {
  const width = stored.length / sampleCount;
  const channels = columns === undefined ? undefined : columns.channels.subarray(row * width, (row + 1) * width);
  const out = new Float64Array(sampleCount * channelCount);
  for (let sample = 0; sample < sampleCount; sample += 1) {
    for (let column = 0; column < width; column += 1) {
      const channel = channels?.[column] ?? column;
      const value = stored[sample * width + column];
      if (channel < 0 || value === 0 || !Number.isFinite(value)) continue;
      if (unwhitening === undefined) {
        out[sample * channelCount + channel] = value;
        continue;
      }
      const base = channel * channelCount;
      const scaled = value * scaling;
      if (channels === undefined) {
        for (let to = 0; to < channelCount; to += 1) out[sample * channelCount + to] += scaled * unwhitening.matrix[base + to];
      } else {
        for (const to of channels) if (to >= 0) out[sample * channelCount + to] += scaled * unwhitening.matrix[base + to];
      }
    }
  }
  return out;
}

/** For each template (nT, C): 1 where it has signal, read piece by piece. For templates without a table of channels. */
export async function channelsWithSignal(file: TemplateFile, channelCount: number, options?: ReadOptions): Promise<Uint8Array> {
  const { array, templateCount, sampleCount } = file;
  const out = new Uint8Array(templateCount * channelCount);
  const perRow = Math.max(1, sampleCount * channelCount);
  const rows = array.rowsAreCheap ? Math.max(1, Math.floor(2 ** 21 / perRow)) : templateCount;
  for (let start = 0; start < templateCount; start += rows) {
    throwIfCancelled(options?.signal);
    const count = Math.min(rows, templateCount - start);
    const values = decodeFloat64(await array.readRows(start, count, options), array.dtype, array.file);
    for (let template = 0; template < count; template += 1) {
      const peaks = new Float64Array(channelCount);
      for (let at = 0; at < perRow; at += 1) {
        const value = Math.abs(values[template * perRow + at]);
        if (value > peaks[at % channelCount]) peaks[at % channelCount] = value;
      }
      const largest = peaks.reduce((most, peak) => Math.max(most, peak), 0);
      for (let channel = 0; channel < channelCount; channel += 1) {
        // As phy: what lies a million times below the peak is no signal.
        out[(start + template) * channelCount + channel] = peaks[channel] > largest * 1e-6 ? 1 : 0;
      }
    }
  }
  return out;
}
