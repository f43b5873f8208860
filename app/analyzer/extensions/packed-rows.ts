import { Failure } from '../../failure.ts';
import { decodeFloat32 } from '../decode.ts';
import { evenlySpread } from '../evenly-spread.ts';
import type { ReadOptions } from '../source.ts';
import type { StoredArray } from '../stored-array.ts';
import type { PackedRows } from './data.ts';
import type { ReadContext } from './definition.ts';

/** Arrays up to this are read once and kept; of larger ones only the asked rows are read. */
const keptBytes = 2 ** 25;

export interface PackedReader {
  channelsOf(unit: number): Int32Array;
  selectedRowsOf(unit: number): Promise<Int32Array>;
  ofUnit(unit: number, options?: ReadOptions & { limit?: number }): Promise<PackedRows>;
}

/**
 * Reads an array with one row per random spike: (R, inner, K) where K is the largest number of active channels, or
 * (R, inner) where the channels are joined. A unit's own channels come first in a row, ascending; the rest is padding.
 */
export async function packedReader(array: StoredArray, context: ReadContext, options?: ReadOptions): Promise<PackedReader> {
  const { rows } = await context.extension('random_spikes', options);
  if (rows.length !== array.shape[0]) {
    throw new Failure(
      'analyzer.damaged',
      `${array.file} has ${array.shape[0]} rows, but random_spikes selects ${rows.length} spikes. Compute random_spikes and what follows it again.`,
      { file: array.file },
    );
  }
  const unitCount = context.unitIds.length;
  const joined = array.shape.length === 2;
  const inner = array.shape[1];
  const stride = joined ? 1 : array.shape[2];
  const channels = joined ? Array.from({ length: unitCount }, () => Int32Array.of(0)) : channelsPerUnit(context);
  const widest = channels.reduce((most, own) => Math.max(most, own.length), 0);
  if (!joined && !(widest <= stride)) {
    throw new Failure(
      'analyzer.damaged',
      `${array.file} has ${stride} channels per row, but the sparsity mask has a unit with ${widest}. Compute it again.`,
      { file: array.file },
    );
  }
  const positions = await positionsPerUnit(rows, context, options);

  async function bytesFor(wanted: Int32Array, readOptions: ReadOptions | undefined): Promise<Uint8Array<ArrayBuffer>> {
    if (array.byteLength > keptBytes) return array.gather(wanted, readOptions);
    const all = await context.cache.get(
      array.file,
      () => array.read(),
      (bytes) => bytes.byteLength,
    );
    const rowLength = inner * stride * array.dtype.itemSize;
    const out = new Uint8Array(wanted.length * rowLength);
    for (const [at, row] of wanted.entries()) out.set(all.subarray(row * rowLength, (row + 1) * rowLength), at * rowLength);
    return out;
  }

  return {
    channelsOf: (unit) => channels[unit],
    selectedRowsOf: async (unit) => positions[unit].map((position) => rows[position]),
    ofUnit: async (unit, readOptions) => {
      const own = positions[unit];
      const wanted = evenlySpread(own.length, readOptions?.limit).map((at) => own[at]);
      const all = decodeFloat32(await bytesFor(wanted, readOptions), array.dtype, array.file);
      const width = channels[unit].length;
      if (width === stride) return { values: all, rowCount: wanted.length };
      const values = new Float32Array(wanted.length * inner * width);
      for (let line = 0, lines = wanted.length * inner; line < lines; line += 1) {
        for (let channel = 0; channel < width; channel += 1) values[line * width + channel] = all[line * stride + channel];
      }
      return { values, rowCount: wanted.length };
    },
  };
}

function channelsPerUnit(context: ReadContext): Int32Array[] {
  const { sparsity, channelCount } = context;
  const all = Int32Array.from({ length: channelCount }, (_, channel) => channel);
  return context.unitIds.map((_, unit) =>
    sparsity === undefined ? all : all.filter((channel) => sparsity.mask[unit * channelCount + channel] === 1),
  );
}

/** For each unit the rows of the array that are its spikes, ascending. */
async function positionsPerUnit(rows: Int32Array, context: ReadContext, options: ReadOptions | undefined): Promise<Int32Array[]> {
  const { unitIndex } = await context.spikes(options);
  const counts = new Int32Array(context.unitIds.length);
  for (const row of rows) counts[unitIndex[row]] += 1;
  const positions = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let position = 0; position < rows.length; position += 1) {
    const unit = unitIndex[rows[position]];
    positions[unit][counts[unit]] = position;
    counts[unit] += 1;
  }
  return positions;
}
