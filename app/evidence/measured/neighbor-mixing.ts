import type { CommonProjections } from './projections.ts';

const neighborCount = 5;
const fewestRows = 20;
const mostRows = 150;

/**
 * Share of foreign spikes among the five nearest, divided by the share in one mixed cloud, at most 150 rows of each cloud.
 * 0 for two clouds apart, 1 for one; `undefined` below 20 rows each.
 */
export function neighborMixing(clouds: CommonProjections): number | undefined {
  const { dimensions } = clouds;
  const firstRows = Math.min(mostRows, clouds.firstRows);
  const secondRows = Math.min(mostRows, clouds.secondRows);
  if (firstRows < fewestRows || secondRows < fewestRows) return undefined;
  const rows = firstRows + secondRows;
  const points = new Float64Array(rows * dimensions);
  copyEvenly(clouds.first, clouds.firstRows, firstRows, dimensions, points, 0);
  copyEvenly(clouds.second, clouds.secondRows, secondRows, dimensions, points, firstRows);
  let foreign = 0;
  let expected = 0;
  const nearest = new Float64Array(neighborCount);
  const nearestIsForeign = new Uint8Array(neighborCount);
  for (let row = 0; row < rows; row += 1) {
    const inFirst = row < firstRows;
    nearest.fill(Number.POSITIVE_INFINITY);
    nearestIsForeign.fill(0);
    for (let other = 0; other < rows; other += 1) {
      if (other === row) continue;
      let distance = 0;
      const limit = nearest[neighborCount - 1];
      for (let axis = 0; axis < dimensions && distance < limit; axis += 1) {
        const gap = points[row * dimensions + axis] - points[other * dimensions + axis];
        distance += gap * gap;
      }
      if (!(distance < limit)) continue;
      let place = neighborCount - 1;
      while (place > 0 && nearest[place - 1] > distance) {
        nearest[place] = nearest[place - 1];
        nearestIsForeign[place] = nearestIsForeign[place - 1];
        place -= 1;
      }
      nearest[place] = distance;
      nearestIsForeign[place] = other < firstRows === inFirst ? 0 : 1;
    }
    for (const flag of nearestIsForeign) foreign += flag;
    expected += (neighborCount * (inFirst ? secondRows : firstRows)) / (rows - 1);
  }
  return foreign / expected;
}

function copyEvenly(from: Float64Array, available: number, wanted: number, dimensions: number, to: Float64Array, atRow: number): void {
  for (let row = 0; row < wanted; row += 1) {
    const source = Math.floor((row * available) / wanted);
    to.set(from.subarray(source * dimensions, (source + 1) * dimensions), (atRow + row) * dimensions);
  }
}
