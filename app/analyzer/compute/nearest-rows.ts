/** Points in three dimensions, for the nearest of each. */
export interface PointTree {
  /** Calls `visit` with each of the `count` rows nearest to a point (fewer where there are fewer points). */
  nearest(x: number, y: number, z: number, count: number, visit: (row: number) => void): void;
  /**
   * For each row a distance within which its `count` nearest rows lie, itself among them: the diagonal of a small box that
   * holds that many, rounded up to single precision. Infinite for rows that are left out, and where there are too few points.
   */
  reachOf(count: number): Float32Array;
}

const leafSize = 32;
const roundedUp = 1 + 2 ** -22;

/**
 * A balanced k-d tree over (x, y, z) columns; rows with a value that is not a number are left out. The columns become the
 * tree's own and are put in another order.
 */
export function createPointTree(x: Float64Array, y: Float64Array, z: Float64Array): PointTree {
  const rowCount = x.length;
  const rows = new Int32Array(rowCount);
  let usable = 0;
  for (let row = 0; row < rowCount; row += 1) {
    if (!Number.isFinite(x[row] + y[row] + z[row])) continue;
    rows[usable] = row;
    x[usable] = x[row];
    y[usable] = y[row];
    z[usable] = z[row];
    usable += 1;
  }
  const order = rows.subarray(0, usable);
  // A leaf holds at least half of `leafSize`.
  const mostNodes = 1 + Math.ceil((4 * usable) / leafSize);
  const axisOf = new Int8Array(mostNodes).fill(-1);
  const splitOf = new Float64Array(mostNodes);
  const fromOf = new Int32Array(mostNodes);
  const toOf = new Int32Array(mostNodes);
  const leftOf = new Int32Array(mostNodes);
  const rightOf = new Int32Array(mostNodes);
  const parentOf = new Int32Array(mostNodes);
  let nodeCount = 0;

  const build = (from: number, to: number, parent: number): number => {
    const node = nodeCount;
    nodeCount += 1;
    fromOf[node] = from;
    toOf[node] = to;
    parentOf[node] = parent;
    if (to - from <= leafSize) return node;
    const axis = widestAxis(x, y, z, from, to);
    const middle = (from + to) >> 1;
    const column = axis === 0 ? x : axis === 1 ? y : z;
    selectRank(column, axis === 0 ? y : x, axis === 2 ? y : z, order, from, to - 1, middle);
    axisOf[node] = axis;
    splitOf[node] = column[middle];
    leftOf[node] = build(from, middle, node);
    rightOf[node] = build(middle, to, node);
    return node;
  };
  if (usable > 0) build(0, usable, -1);

  let bestDistance = new Float64Array(0);
  let bestRow = new Int32Array(0);
  let found = 0;
  let wanted = 0;
  let px = 0;
  let py = 0;
  let pz = 0;

  // ox, oy, oz: how far the box of the node lies from the point along each axis; `away` is the sum of their squares.
  const search = (node: number, away: number, ox: number, oy: number, oz: number): void => {
    const axis = axisOf[node];
    if (axis >= 0) {
      const gap = (axis === 0 ? px : axis === 1 ? py : pz) - splitOf[node];
      const near = gap < 0 ? leftOf[node] : rightOf[node];
      const far = gap < 0 ? rightOf[node] : leftOf[node];
      search(near, away, ox, oy, oz);
      const before = axis === 0 ? ox : axis === 1 ? oy : oz;
      const farAway = away - before * before + gap * gap;
      if (found === wanted && farAway > bestDistance[wanted - 1]) return;
      if (axis === 0) search(far, farAway, gap, oy, oz);
      else if (axis === 1) search(far, farAway, ox, gap, oz);
      else search(far, farAway, ox, oy, gap);
      return;
    }
    let limit = found === wanted ? bestDistance[wanted - 1] : Number.POSITIVE_INFINITY;
    for (let place = fromOf[node]; place < toOf[node]; place += 1) {
      const dx = x[place] - px;
      const dy = y[place] - py;
      const dz = z[place] - pz;
      const distance = dx * dx + dy * dy + dz * dz;
      if (!(distance < limit)) continue;
      let at = wanted - 1;
      if (found < wanted) {
        at = found;
        found += 1;
      }
      while (at > 0 && bestDistance[at - 1] > distance) {
        bestDistance[at] = bestDistance[at - 1];
        bestRow[at] = bestRow[at - 1];
        at -= 1;
      }
      bestDistance[at] = distance;
      bestRow[at] = order[place];
      if (found === wanted) limit = bestDistance[wanted - 1];
    }
  };

  const diagonalOf = (node: number): number => {
    const [from, to] = [fromOf[node], toOf[node]];
    return Math.hypot(extentOf(x, from, to), extentOf(y, from, to), extentOf(z, from, to));
  };

  return {
    reachOf(count) {
      const reach = new Float32Array(rowCount).fill(Number.POSITIVE_INFINITY);
      for (let leaf = 0; leaf < nodeCount; leaf += 1) {
        if (axisOf[leaf] >= 0) continue;
        let node = leaf;
        while (node >= 0 && toOf[node] - fromOf[node] < count) node = parentOf[node];
        if (node < 0) continue;
        const diagonal = diagonalOf(node) * roundedUp;
        for (let place = fromOf[leaf]; place < toOf[leaf]; place += 1) reach[order[place]] = diagonal;
      }
      return reach;
    },
    nearest(atX, atY, atZ, count, visit) {
      if (usable === 0 || !(count > 0)) return;
      if (bestRow.length < count) {
        bestDistance = new Float64Array(count);
        bestRow = new Int32Array(count);
      }
      found = 0;
      wanted = count;
      px = atX;
      py = atY;
      pz = atZ;
      search(0, 0, 0, 0, 0);
      for (let place = 0; place < found; place += 1) visit(bestRow[place]);
    },
  };
}

function widestAxis(x: Float64Array, y: Float64Array, z: Float64Array, from: number, to: number): number {
  const [across, along, up] = [extentOf(x, from, to), extentOf(y, from, to), extentOf(z, from, to)];
  if (across >= along && across >= up) return 0;
  return along >= up ? 1 : 2;
}

function extentOf(values: Float64Array, from: number, to: number): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let place = from; place < to; place += 1) {
    const value = values[place];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low;
}

/** Puts the entry of a rank in its place, smaller ones before and larger ones after; the other columns go along. */
function selectRank(
  column: Float64Array,
  other: Float64Array,
  another: Float64Array,
  order: Int32Array,
  from: number,
  to: number,
  rank: number,
): void {
  let low = from;
  let high = to;
  while (low < high) {
    const pivot = column[(low + high) >> 1];
    let left = low;
    let right = high;
    while (left <= right) {
      while (column[left] < pivot) left += 1;
      while (column[right] > pivot) right -= 1;
      if (left <= right) {
        swap(column, left, right);
        swap(other, left, right);
        swap(another, left, right);
        swap(order, left, right);
        left += 1;
        right -= 1;
      }
    }
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else return;
  }
}

function swap(values: Float64Array | Int32Array, left: number, right: number): void {
  const value = values[left];
  values[left] = values[right];
  values[right] = value;
}
