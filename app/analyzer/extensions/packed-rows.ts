import { Failure } from '../../failure.ts';
import { activeChannels } from '../compute/active-channels.ts';
import { decodeFloat32 } from '../decode.ts';
import { evenlySpread } from '../evenly-spread.ts';
import type { ReadOptions } from '../source.ts';
import type { StoredArray } from '../stored-array.ts';
import type { PackedRows, StoredRows, UnitRows } from './data.ts';
import type { ReadContext } from './definition.ts';

/** Arrays up to this are read once and kept; of larger ones only the asked rows are read. */
const keptBytes = 2 ** 25;
/** The same where a few rows cost nearly as much as all (zarr); there it is also what is gathered at once for several units. */
const keptDecodedBytes = 2 ** 27;
/** What is read at once in stored order. */
const blockBytes = 2 ** 22;
/** What is gathered at once for several units. */
const groupedBytes = 2 ** 25;

export interface PackedReader {
  channelsOf(unit: number): Int32Array;
  selectedRowsOf(unit: number): Promise<Int32Array>;
  ofUnit(unit: number, options?: ReadOptions & { limit?: number }): Promise<PackedRows>;
  inOrder(options?: ReadOptions): AsyncIterable<StoredRows>;
  byUnit(options?: ReadOptions): AsyncIterable<UnitRows>;
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

  const rowLength = inner * stride * array.dtype.itemSize;
  const keepsAll = array.byteLength <= (array.rowsAreCheap ? keptBytes : keptDecodedBytes);

  async function bytesFor(unit: number, limit: number | undefined, readOptions: ReadOptions | undefined): Promise<Uint8Array<ArrayBuffer>> {
    if (keepsAll) {
      const all = await context.cache.get(array.file, () => array.read(), weightOf);
      return pickRows(all, spreadOf(positions[unit], limit), rowLength);
    }
    if (array.rowsAreCheap || limit === undefined) return array.gather(spreadOf(positions[unit], limit), readOptions);
    const every = positions.map((own) => spreadOf(own, limit));
    const total = every.reduce((sum, own) => sum + own.length, 0);
    if (!(total * rowLength <= keptDecodedBytes)) return array.gather(every[unit], readOptions);
    // One pass over the chunks for all units costs hardly more than for one, and the next units come for nothing.
    const merged = await context.cache.get(`${array.file} at most ${limit} per unit`, () => gatherAll(array, every), weightOf);
    return pickRows(merged.bytes, merged.rowsOf[unit], rowLength);
  }

  return {
    channelsOf: (unit) => channels[unit],
    async *inOrder(readOptions) {
      const most = Math.max(1, Math.floor(blockBytes / Math.max(1, rowLength)));
      const memory = new Uint8Array(array.rowsAreCheap ? most * rowLength : 0);
      for (let first = 0; first < rows.length; first += most) {
        const rowCount = Math.min(most, rows.length - first);
        const bytes = await array.readRows(first, rowCount, readOptions, memory);
        yield { first, rowCount, stride, values: decodeFloat32(bytes, array.dtype, array.file) };
      }
    },
    async *byUnit(readOptions) {
      const groupBytes = array.rowsAreCheap ? groupedBytes : keptDecodedBytes;
      const most = Math.min(rows.length, Math.max(1, Math.floor(groupBytes / Math.max(1, rowLength))));
      const memory = new Uint8Array(array.rowsAreCheap ? most * rowLength : 0);
      for (const pieces of inGroups(positions, most)) {
        const wanted = joinedRows(pieces.map(({ rows: own }) => own)).sort();
        const values = decodeFloat32(await array.gather(wanted, readOptions, memory), array.dtype, array.file);
        for (const { unit, before, rows: own } of pieces) {
          yield { unit, before, total: positions[unit].length, positions: placesIn(wanted, own), stride, values };
        }
      }
    },
    selectedRowsOf: async (unit) => positions[unit].map((position) => rows[position]),
    ofUnit: async (unit, readOptions) => {
      const bytes = await bytesFor(unit, readOptions?.limit, readOptions);
      const all = decodeFloat32(bytes, array.dtype, array.file);
      const rowCount = rowLength === 0 ? spreadOf(positions[unit], readOptions?.limit).length : bytes.byteLength / rowLength;
      const width = channels[unit].length;
      if (width === stride) return { values: all, rowCount };
      const values = new Float32Array(rowCount * inner * width);
      for (let line = 0, lines = rowCount * inner; line < lines; line += 1) {
        for (let channel = 0; channel < width; channel += 1) values[line * width + channel] = all[line * stride + channel];
      }
      return { values, rowCount };
    },
  };
}

interface UnitPiece {
  readonly unit: number;
  readonly before: number;
  readonly rows: Int32Array;
}

/** Rows of the units in turn, at most `most` in a group. */
function* inGroups(positions: readonly Int32Array[], most: number): Generator<UnitPiece[]> {
  let group: UnitPiece[] = [];
  let room = most;
  for (const [unit, own] of positions.entries()) {
    for (let before = 0; before < own.length; ) {
      const rows = own.subarray(before, before + room);
      group.push({ unit, before, rows });
      before += rows.length;
      room -= rows.length;
      if (room > 0) continue;
      yield group;
      group = [];
      room = most;
    }
  }
  if (group.length > 0) yield group;
}

/** Where ascending rows stand among other ascending rows that have them all. */
function placesIn(all: Int32Array, some: Int32Array): Int32Array {
  let place = 0;
  return some.map((row) => {
    while (all[place] !== row) place += 1;
    return place;
  });
}

function joinedRows(parts: readonly Int32Array[]): Int32Array {
  const joined = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let filled = 0;
  for (const part of parts) {
    joined.set(part, filled);
    filled += part.length;
  }
  return joined;
}

interface GatheredRows {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** For each unit which of the gathered rows are its own. */
  readonly rowsOf: readonly Int32Array[];
}

async function gatherAll(array: StoredArray, every: readonly Int32Array[]): Promise<GatheredRows> {
  const wanted = joinedRows(every).sort();
  const bytes = await array.gather(wanted);
  return { bytes, rowsOf: every.map((own) => placesIn(wanted, own)) };
}

function weightOf(held: Uint8Array | GatheredRows): number {
  return 'bytes' in held ? held.bytes.byteLength : held.byteLength;
}

function spreadOf(rows: Int32Array, limit: number | undefined): Int32Array {
  return evenlySpread(rows.length, limit).map((at) => rows[at]);
}

function pickRows(all: Uint8Array<ArrayBuffer>, rows: Int32Array, rowLength: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(rows.length * rowLength);
  for (const [at, row] of rows.entries()) out.set(all.subarray(row * rowLength, (row + 1) * rowLength), at * rowLength);
  return out;
}

function channelsPerUnit({ sparsity, channelCount, unitIds }: ReadContext): readonly Int32Array[] {
  if (sparsity !== undefined) return activeChannels(sparsity);
  const all = Int32Array.from({ length: channelCount }, (_, channel) => channel);
  return unitIds.map(() => all);
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
