import type { StoredArray } from '../../analyzer/stored-array.ts';
import { channelsOf, indices, type MergedUnits } from '../merged-units.ts';
import { requiredArray, rowBlocks } from './required-array.ts';
import { defineMergeRule, type MergedArray, type RuleContext } from './rule.ts';
import { survivingSelection } from './surviving-selection.ts';

/** Cut-out waveforms: rows stay, channels are packed anew to those the merged unit still has. */
export const waveformsRule = defineMergeRule({
  id: 'waveforms',
  async merge(context) {
    if (context.selectedRows === undefined) return { dropped: 'random_spikes is not there, so its rows have no owner' };
    return {
      arrays: [repacked('waveforms', requiredArray(context, 'waveforms', context.selectedRows.length, 3), context.selectedRows, context)],
    };
  },
});

/** Projections, packed as the waveforms are; the fitted models (pickled files) are left behind. */
export const principalComponentsRule = defineMergeRule({
  id: 'principal_components',
  async merge(context) {
    if (context.selectedRows === undefined) return { dropped: 'random_spikes is not there, so its rows have no owner' };
    const array = requiredArray(context, 'pca_projection', context.selectedRows.length);
    const note = 'the projections are kept; fitted models are Python pickles, which Samecell neither reads nor writes';
    if (array.shape.length === 3) return { arrays: [repacked('pca_projection', array, context.selectedRows, context)], note };
    if (context.units.sparsity !== undefined) {
      return { dropped: 'its mode "concatenated" mixes the channels, so projections of a merged unit have no common meaning' };
    }
    return { arrays: [selection('pca_projection', array, context.selectedRows, context)], note };
  },
});

function selection(name: string, array: StoredArray, selectedRows: Int32Array, context: RuleContext): MergedArray {
  const rows = survivingSelection(selectedRows, context.units);
  async function* pieces() {
    for await (const block of rowBlocks(array, rows, context)) yield block.bytes;
  }
  return { name, dtype: array.dtype, shape: [rows?.length ?? array.shape[0], ...array.shape.slice(1)], content: pieces() };
}

/** (R, M, K) with each row's channels packed to the front and zeros behind; K shrinks with the widest unit, as in SpikeInterface. */
function repacked(name: string, array: StoredArray, selectedRows: Int32Array, context: RuleContext): MergedArray {
  const { units } = context;
  if (units.sparsity === undefined || units.sparsityBefore === undefined) return selection(name, array, selectedRows, context);
  const rows = survivingSelection(selectedRows, units);
  const [, middle, widthBefore] = array.shape;
  const width = Math.min(widthBefore, widestUnit(units.sparsity));
  const places = placesByUnitBefore(units, widthBefore);
  const widthsBefore = units.unitIdsBefore.map((_, unit) => channelsOf(units.sparsityBefore, unit, units.channelCount).length);
  const stays = places.map(
    (place, unit) => width === widthBefore && place.length === widthsBefore[unit] && place.every((from, to) => from === to),
  );
  const ownerOf = (position: number) => units.spikesBefore.unitIndex[selectedRows[rows === undefined ? position : rows[position]]];
  const rowBytes = middle * width * array.dtype.itemSize;
  async function* pieces() {
    let memory = new Uint8Array(0);
    for await (const block of rowBlocks(array, rows, context)) {
      const moved = indices(block.count).filter((row) => !stays[ownerOf(block.start + row)]);
      if (moved.length === 0) {
        yield block.bytes;
        continue;
      }
      const size = block.count * rowBytes;
      if (memory.byteLength < size) memory = new Uint8Array(size);
      const after = memory.subarray(0, size);
      if (width === widthBefore) after.set(block.bytes);
      else after.fill(0);
      const elements = elementsOf(block.bytes, array.dtype.itemSize);
      const out = elementsOf(after, array.dtype.itemSize);
      for (const row of moved) {
        if (width === widthBefore) after.fill(0, row * rowBytes, (row + 1) * rowBytes);
        repackRow(elements, out, row * middle, middle, widthBefore, width, places[ownerOf(block.start + row)]);
      }
      yield after;
    }
  }
  return { name, dtype: array.dtype, shape: [rows?.length ?? array.shape[0], middle, width], content: pieces() };
}

interface Elements {
  readonly words: Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
  readonly wordsPerElement: number;
}

/** Elements of any type as words of four bytes where they divide into such, else of one. */
function elementsOf(bytes: Uint8Array<ArrayBuffer>, itemSize: number): Elements {
  if (itemSize % 4 !== 0) return { words: bytes, wordsPerElement: itemSize };
  const whole = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return { words: new Uint32Array(whole.buffer, whole.byteOffset, whole.byteLength / 4), wordsPerElement: itemSize / 4 };
}

function repackRow(
  before: Elements,
  after: Elements,
  firstLine: number,
  lineCount: number,
  widthBefore: number,
  width: number,
  places: Int32Array,
): void {
  const { words: source, wordsPerElement: size } = before;
  const target = after.words;
  if (size === 1 && source instanceof Uint32Array && target instanceof Uint32Array) {
    repackWords(source, target, firstLine, lineCount, widthBefore, width, places);
    return;
  }
  for (let line = firstLine; line < firstLine + lineCount; line += 1) {
    for (let place = 0; place < places.length; place += 1) {
      const read = (line * widthBefore + places[place]) * size;
      const write = (line * width + place) * size;
      for (let word = 0; word < size; word += 1) target[write + word] = source[read + word];
    }
  }
}

/** The same for elements of one word, which nearly all are. */
function repackWords(
  source: Uint32Array,
  target: Uint32Array,
  firstLine: number,
  lineCount: number,
  widthBefore: number,
  width: number,
  places: Int32Array,
): void {
  const count = places.length;
  for (let line = firstLine; line < firstLine + lineCount; line += 1) {
    const read = line * widthBefore;
    const write = line * width;
    for (let place = 0; place < count; place += 1) target[write + place] = source[read + places[place]];
  }
}

/** For each unit before: which of its packed places hold the channels that stay, in order. */
function placesByUnitBefore(units: MergedUnits, width: number): Int32Array[] {
  const places: Int32Array[] = [];
  units.members.forEach((members, after) => {
    const stay = new Set(channelsOf(units.sparsity, after, units.channelCount));
    for (const unit of members) {
      const channels = channelsOf(units.sparsityBefore, unit, units.channelCount);
      places[unit] = indices(channels.length).filter((place) => place < width && stay.has(channels[place]));
    }
  });
  return places;
}

function widestUnit(sparsity: { readonly unitCount: number; readonly channelCount: number; readonly mask: Uint8Array }): number {
  let widest = 0;
  for (let unit = 0; unit < sparsity.unitCount; unit += 1)
    widest = Math.max(widest, channelsOf(sparsity, unit, sparsity.channelCount).length);
  return widest;
}
