import type { Clusters } from '../../analyzer/compute/cluster-isolation.ts';
import { decodeFloats } from '../../analyzer/decode.ts';
import type { FloatArray } from '../../analyzer/extensions/data.ts';
import { isFailure } from '../../failure.ts';
import { channelsOf, indices } from '../merged-units.ts';
import type { RuleContext } from './rule.ts';

/**
 * Projections around a unit after the merge: of the spikes of every unit whose main channel is one of its channels, on its
 * channels, zero where their own unit does not have them, as SpikeInterface lays them out for its metrics. `undefined` where
 * there are none, or they can't be carried over.
 */
export async function mergedClusters(context: RuleContext): Promise<((unit: number) => Clusters) | undefined> {
  const { units, selectedRows } = context;
  const array = await context.arrayOf('principal_components', 'pca_projection');
  if (array === undefined || selectedRows === undefined || array.shape[0] !== selectedRows.length) return undefined;
  if (array.shape.length !== 3 && units.sparsity !== undefined) return undefined;
  let values: FloatArray;
  try {
    values = decodeFloats(await array.read(context.options), array.dtype, array.file);
  } catch (error) {
    if (isFailure(error) && error.kind.startsWith('analyzer.')) return undefined;
    throw error;
  }
  const [, componentCount, packedWidth = 1] = array.shape;
  const rowSize = componentCount * packedWidth;
  const kept = units.keptRows === undefined ? undefined : new Set(units.keptRows);
  const rows = indices(selectedRows.length).filter((row) => kept?.has(selectedRows[row]) ?? true);
  const unitBefore = (row: number) => units.spikesBefore.unitIndex[selectedRows[row]];
  const unitAfter = new Int32Array(units.unitIdsBefore.length);
  units.members.forEach((members, after) => {
    for (const member of members) unitAfter[member] = after;
  });
  const mainChannels = await context.mainChannels();

  return (unit) => {
    const channels = channelsOf(units.sparsity, unit, units.channelCount);
    const isNear = units.members.map((_, other) => channels.includes(mainChannels[other]));
    const near = array.shape.length === 3 && units.sparsity !== undefined ? rows.filter((row) => isNear[unitAfter[unitBefore(row)]]) : rows;
    const places = units.unitIdsBefore.map((_, before) => placesOf(context, before, unitAfter[before], channels));
    const columns = array.shape.length === 3 ? channels.length : 1;
    const width = componentCount * columns;
    const points = values instanceof Float32Array ? new Float32Array(near.length * width) : new Float64Array(near.length * width);
    near.forEach((row, at) => {
      if (array.shape.length !== 3) {
        points.set(values.subarray(row * rowSize, (row + 1) * rowSize), at * width);
        return;
      }
      const from = places[unitBefore(row)];
      for (let component = 0; component < componentCount; component += 1) {
        for (let column = 0; column < columns; column += 1) {
          const place = from[column];
          if (place >= 0 && place < packedWidth) {
            points[at * width + component * columns + column] = values[row * rowSize + component * packedWidth + place];
          }
        }
      }
    });
    return { points, width, labels: Int32Array.from(near, (row) => unitAfter[unitBefore(row)]), own: unit };
  };
}

/** Where a unit before holds each of these channels, −1 for those it or its merged unit does not have. */
function placesOf({ units }: RuleContext, before: number, after: number, channels: Int32Array): Int32Array {
  const packed = channelsOf(units.sparsityBefore, before, units.channelCount);
  const stay = channelsOf(units.sparsity, after, units.channelCount);
  return channels.map((channel) => (stay.includes(channel) ? packed.indexOf(channel) : -1));
}
