import type { Clusters } from '../../analyzer/compute/cluster-isolation.ts';
import { decodeFloats } from '../../analyzer/decode.ts';
import type { FloatArray } from '../../analyzer/extensions/data.ts';
import { isFailure } from '../../failure.ts';
import { channelsOf, indices, type MergedUnits } from '../merged-units.ts';
import type { RuleContext } from './rule.ts';
import { survivingSelection } from './surviving-selection.ts';

/**
 * Projections around a unit after the merge: of the spikes of every unit whose main channel is one of its channels, on its
 * channels, zero where their own unit does not have them, as SpikeInterface lays them out for its metrics. `undefined` where
 * there are none, or they can't be carried over. Each holds until the next is asked for.
 */
export async function mergedClusters(context: RuleContext): Promise<((unit: number) => Clusters) | undefined> {
  const { units, selectedRows } = context;
  const array = await context.arrayOf('principal_components', 'pca_projection');
  if (array === undefined || selectedRows === undefined || array.shape[0] !== selectedRows.length) return undefined;
  const isPacked = array.shape.length === 3;
  if (!isPacked && units.sparsity !== undefined) return undefined;
  let values: FloatArray;
  try {
    values = decodeFloats(await array.read(context.options), array.dtype, array.file);
  } catch (error) {
    if (isFailure(error) && error.kind.startsWith('analyzer.')) return undefined;
    throw error;
  }
  const rows = survivingSelection(selectedRows, units) ?? indices(selectedRows.length);
  const owners = rows.map((row) => units.spikesBefore.unitIndex[selectedRows[row]]);
  const labels = owners.map((owner) => units.unitAfter[owner]);
  if (!isPacked) {
    const width = array.shape[1];
    const points = rows.length === selectedRows.length ? values : rowsOf(values, rows, width);
    return (unit) => ({ points, width, labels, own: unit });
  }
  const [, componentCount, packedWidth] = array.shape;
  const projections: Projections = { values, rows, owners, componentCount, packedWidth };
  const channelsByOwner = units.unitIdsBefore.map((_, owner) => channelsLeft(units, owner, units.unitAfter[owner], packedWidth));
  const mainChannels = await context.mainChannels();
  const size = componentCount * units.channelCount;
  const centres = centresOf(projections, channelsByOwner, units.channelCount, labels, units.members.length);
  let memory: FloatArray = new Float32Array(0);

  return (unit) => {
    const channels = channelsOf(units.sparsity, unit, units.channelCount);
    const isNear = units.members.map((_, other) => units.sparsity === undefined || channels.includes(mainChannels[other]));
    const near = rowsNear(labels, isNear);
    const width = componentCount * channels.length;
    const count = near.length * width;
    if (memory.length < count) memory = values instanceof Float32Array ? new Float32Array(count) : new Float64Array(count);
    const cells = channelsByOwner.map((own) => cellsOf(own, channels, componentCount, packedWidth));
    spread(projections, near, cells, memory);
    const whole = cellsOf(indices(units.channelCount), channels, componentCount, units.channelCount);
    const centreOf = (label: number) => valuesAt(centres, label * size, whole);
    // A single column is added up in another order.
    return { points: memory.subarray(0, count), width, labels: labelsAt(labels, near), own: unit, ...(width > 1 && { centreOf }) };
  };
}

interface Projections {
  /** (spikes, K components, packed channels) */
  readonly values: FloatArray;
  /** Rows of spikes that stay. */
  readonly rows: Int32Array;
  /** Their units before. */
  readonly owners: Int32Array;
  readonly componentCount: number;
  readonly packedWidth: number;
}

function rowsNear(labels: Int32Array, isNear: readonly boolean[]): Int32Array {
  const near = new Int32Array(labels.length);
  let count = 0;
  for (let row = 0; row < labels.length; row += 1) if (isNear[labels[row]]) near[count++] = row;
  return near.subarray(0, count);
}

function valuesAt(values: FloatArray, start: number, places: Int32Array): FloatArray {
  const found = values instanceof Float32Array ? new Float32Array(places.length) : new Float64Array(places.length);
  for (let at = 0; at < places.length; at += 1) found[at] = values[start + places[at]];
  return found;
}

function labelsAt(labels: Int32Array, rows: Int32Array): Int32Array {
  const found = new Int32Array(rows.length);
  for (let at = 0; at < rows.length; at += 1) found[at] = labels[rows[at]];
  return found;
}

/** The channel at each packed place of a unit before, −1 for one that its merged unit does not have. */
function channelsLeft(units: MergedUnits, before: number, after: number, packedWidth: number): Int32Array {
  const stay = channelsOf(units.sparsity, after, units.channelCount);
  const packed = channelsOf(units.sparsityBefore, before, units.channelCount).subarray(0, packedWidth);
  return packed.map((channel) => (stay.includes(channel) ? channel : -1));
}

/** For each component and wanted channel its place within (K, channels there are), −1 where it is not among them. */
function cellsOf(there: Int32Array, wanted: Int32Array, componentCount: number, lineLength: number): Int32Array {
  const cells = new Int32Array(componentCount * wanted.length).fill(-1);
  wanted.forEach((channel, at) => {
    const place = there.indexOf(channel);
    if (place < 0) return;
    for (let component = 0; component < componentCount; component += 1)
      cells[component * wanted.length + at] = component * lineLength + place;
  });
  return cells;
}

/** Puts rows onto the channels around a unit, by the cells of their owners; zero where the owner has none. */
function spread(
  { values, rows, owners, componentCount, packedWidth }: Projections,
  near: Int32Array,
  cells: readonly Int32Array[],
  points: FloatArray,
): void {
  const taken = cells.map((own) => indices(own.length).filter((at) => own[at] >= 0));
  const width = cells[0].length;
  points.fill(0, 0, near.length * width);
  for (let point = 0; point < near.length; point += 1) {
    const owner = owners[near[point]];
    placeRow(values, rows[near[point]] * componentCount * packedWidth, cells[owner], taken[owner], points, point * width);
  }
}

function placeRow(values: FloatArray, start: number, cells: Int32Array, taken: Int32Array, points: FloatArray, target: number): void {
  for (let at = 0; at < taken.length; at += 1) {
    const column = taken[at];
    points[target + column] = values[start + cells[column]];
  }
}

/** (units, K, channels): means over the spikes of each unit, added up row by row in the precision of the values, as NumPy does. */
function centresOf(
  { values, rows, owners, componentCount, packedWidth }: Projections,
  channelsByOwner: readonly Int32Array[],
  channelCount: number,
  labels: Int32Array,
  unitCount: number,
): FloatArray {
  const size = componentCount * channelCount;
  const sums = values instanceof Float32Array ? new Float32Array(unitCount * size) : new Float64Array(unitCount * size);
  const counts = new Int32Array(unitCount);
  const taken = channelsByOwner.map((own) => indices(own.length).filter((place) => own[place] >= 0));
  for (let row = 0; row < rows.length; row += 1) {
    counts[labels[row]] += 1;
    const channels = channelsByOwner[owners[row]];
    const places = taken[owners[row]];
    for (let component = 0; component < componentCount; component += 1) {
      const from = (rows[row] * componentCount + component) * packedWidth;
      const to = labels[row] * size + component * channelCount;
      for (let at = 0; at < places.length; at += 1) sums[to + channels[places[at]]] += values[from + places[at]];
    }
  }
  return sums.map((sum, at) => sum / counts[Math.floor(at / size)]);
}

function rowsOf(values: FloatArray, rows: Int32Array, width: number): FloatArray {
  const points = values instanceof Float32Array ? new Float32Array(rows.length * width) : new Float64Array(rows.length * width);
  for (let at = 0; at < rows.length; at += 1) points.set(values.subarray(rows[at] * width, (rows[at] + 1) * width), at * width);
  return points;
}
