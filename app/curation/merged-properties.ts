import { decodeFloat64 } from '../analyzer/decode.ts';
import type { Dtype } from '../analyzer/dtype.ts';
import { boolType, int64Bytes, int64Type, textBytes } from '../analyzer/npy-bytes.ts';
import type { ReadOptions } from '../analyzer/source.ts';
import type { StoredProperty } from '../analyzer/stored-analyzer.ts';
import type { UnitId } from '../analyzer/view.ts';
import { busiestOf, type MergedUnits } from './merged-units.ts';

/** A unit property as it is written. */
export interface MergedProperty {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface MergedProperties {
  readonly properties: readonly MergedProperty[];
  /** Sentences about properties that had to go. */
  readonly notes: readonly string[];
}

export interface MainChannels {
  readonly channelIds: readonly UnitId[];
  /** Position of each unit's main channel before, for analyzers that do not store them. */
  readonly positions: Int32Array;
  /** Position of each unit's main channel after, where it was looked for anew. */
  readonly found?: Int32Array | undefined;
}

const mainChannel = 'main_channel_id';

/**
 * Unit properties after a merge by SpikeInterface's rule: what all members share stays; where they differ a float becomes
 * NaN and a text empty, and a whole-number or boolean property is left out for all units. The main channel is the one found anew,
 * else that of the member with most spikes. `is_merged` marks the merged units.
 */
export async function mergedProperties(
  stored: readonly StoredProperty[],
  mainChannels: MainChannels,
  units: MergedUnits,
  options: ReadOptions,
): Promise<MergedProperties> {
  const properties: MergedProperty[] = [];
  const notes: string[] = [];
  for (const { name, array } of stored) {
    if (name === 'is_merged' || (name === mainChannel && mainChannels.found !== undefined)) continue;
    if (array.shape[0] !== units.unitIdsBefore.length) {
      notes.push(`The unit property ${name} is left out: it has ${array.shape[0]} values for ${units.unitIdsBefore.length} units.`);
      continue;
    }
    const before = await array.read(options);
    const bytes = name === mainChannel ? busiestValues(before, units) : mergedValues(before, array.dtype, array.file, units);
    if (bytes === undefined) {
      notes.push(`The unit property ${name} is left out: merged units disagree about it and its type has no value for "not known".`);
      continue;
    }
    properties.push({ name, dtype: array.dtype, shape: [units.unitIds.length, ...array.shape.slice(1)], bytes });
  }
  if (properties.every(({ name }) => name !== mainChannel)) properties.push(mainChannelProperty(mainChannels, units));
  properties.push(isMergedProperty(units));
  return { properties, notes };
}

function mergedValues(before: Uint8Array<ArrayBuffer>, dtype: Dtype, file: string, units: MergedUnits): Uint8Array | undefined {
  const size = before.byteLength / Math.max(1, units.unitIdsBefore.length);
  const after = new Uint8Array(units.unitIds.length * size);
  const valueAt = (unit: number) => before.subarray(unit * size, (unit + 1) * size);
  for (const [unit, members] of units.members.entries()) {
    const [first, ...others] = members.map(valueAt);
    const target = after.subarray(unit * size, (unit + 1) * size);
    if (others.every((other) => sameValue(first, other, dtype, file))) target.set(first);
    else if (dtype.kind === 'float') target.set(notANumber(dtype.itemSize, dtype.littleEndian, size));
    else if (dtype.kind !== 'string') return undefined;
  }
  return after;
}

function sameValue(one: Uint8Array<ArrayBuffer>, other: Uint8Array<ArrayBuffer>, dtype: Dtype, file: string): boolean {
  if (dtype.kind !== 'float') return one.every((byte, at) => byte === other[at]);
  const numbers = decodeFloat64(one.slice(), dtype, file);
  return decodeFloat64(other.slice(), dtype, file).every((value, at) => value === numbers[at]);
}

function notANumber(itemSize: number, littleEndian: boolean, size: number): Uint8Array {
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  for (let at = 0; at < size; at += itemSize) {
    if (itemSize === 8) view.setFloat64(at, Number.NaN, littleEndian);
    else if (itemSize === 4) view.setFloat32(at, Number.NaN, littleEndian);
    else view.setUint16(at, 0x7e00, littleEndian);
  }
  return out;
}

function busiestValues(before: Uint8Array<ArrayBuffer>, units: MergedUnits): Uint8Array {
  const size = before.byteLength / Math.max(1, units.unitIdsBefore.length);
  const after = new Uint8Array(units.unitIds.length * size);
  units.members.forEach((members, unit) => {
    const busiest = busiestOf(members, units);
    after.set(before.subarray(busiest * size, (busiest + 1) * size), unit * size);
  });
  return after;
}

function mainChannelProperty(mainChannels: MainChannels, units: MergedUnits): MergedProperty {
  const { channelIds, positions, found } = mainChannels;
  const ids = units.members.map((members, unit) => channelIds[found?.[unit] ?? positions[busiestOf(members, units)]]);
  const numbers = ids.filter((id) => typeof id === 'number');
  const { bytes, dtype } = numbers.length === ids.length ? { bytes: int64Bytes(numbers), dtype: int64Type } : textBytes(ids.map(String));
  return { name: mainChannel, dtype, shape: [ids.length], bytes };
}

function isMergedProperty(units: MergedUnits): MergedProperty {
  return { name: 'is_merged', dtype: boolType, shape: [units.isMerged.length], bytes: Uint8Array.from(units.isMerged, Number) };
}
