/** Points in three dimensions, for the nearest of each. */
export interface PointTree {
  /** Calls `visit` with each of the `count` rows nearest to a point (fewer where there are fewer points). */
  nearest(x: number, y: number, z: number, count: number, visit: (row: number) => void): void;
  /**
   * For each row a distance within which its `count` nearest rows lie, itself among them: the diagonal of a small box that
   * holds that many. Infinite for rows that are left out, and where there are too few points.
   */
  reachOf(count: number): Float64Array;
}

const leafSize = 16;

/** A balanced k-d tree over (x, y, z) columns; rows with a value that is not a number are left out. */
export function createPointTree(x: Float64Array, y: Float64Array, z: Float64Array): PointTree {
  const columns = [x, y, z] as const;
  const rows = new Int32Array(x.length);
  let usable = 0;
  for (let row = 0; row < x.length; row += 1) {
    if (!Number.isFinite(x[row] + y[row] + z[row])) continue;
    rows[usable] = row;
    usable += 1;
  }
  const order = rows.subarray(0, usable);
  const nodeAxis: number[] = [];
  const nodeSplit: number[] = [];
  const nodeFrom: number[] = [];
  const nodeTo: number[] = [];
  const nodeLeft: number[] = [];
  const nodeRight: number[] = [];

  const nodeParent: number[] = [];

  const build = (from: number, to: number, parent: number): number => {
    const node = nodeAxis.length;
    nodeAxis.push(-1);
    nodeSplit.push(0);
    nodeFrom.push(from);
    nodeTo.push(to);
    nodeLeft.push(-1);
    nodeRight.push(-1);
    nodeParent.push(parent);
    if (to - from <= leafSize) return node;
    const axis = widestAxis(columns, order, from, to);
    const middle = (from + to) >> 1;
    selectRank(order, columns[axis], from, to - 1, middle);
    nodeAxis[node] = axis;
    nodeSplit[node] = columns[axis][order[middle]];
    nodeLeft[node] = build(from, middle, node);
    nodeRight[node] = build(middle, to, node);
    return node;
  };
  if (order.length > 0) build(0, order.length, -1);

  const sortedX = Float64Array.from(order, (row) => x[row]);
  const sortedY = Float64Array.from(order, (row) => y[row]);
  const sortedZ = Float64Array.from(order, (row) => z[row]);
  let bestDistance = new Float64Array(0);
  let bestRow = new Int32Array(0);
  let found = 0;

  const axisOf = Int8Array.from(nodeAxis);
  const splitOf = Float64Array.from(nodeSplit);
  const fromOf = Int32Array.from(nodeFrom);
  const toOf = Int32Array.from(nodeTo);
  const leftOf = Int32Array.from(nodeLeft);
  const rightOf = Int32Array.from(nodeRight);
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
      const dx = sortedX[place] - px;
      const dy = sortedY[place] - py;
      const dz = sortedZ[place] - pz;
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
    let squares = 0;
    for (const column of [sortedX, sortedY, sortedZ]) {
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let place = fromOf[node]; place < toOf[node]; place += 1) {
        const value = column[place];
        if (value < low) low = value;
        if (value > high) high = value;
      }
      squares += (high - low) * (high - low);
    }
    return Math.sqrt(squares);
  };

  return {
    reachOf(count) {
      const reach = new Float64Array(x.length).fill(Number.POSITIVE_INFINITY);
      for (let leaf = 0; leaf < axisOf.length; leaf += 1) {
        if (axisOf[leaf] >= 0) continue;
        let node = leaf;
        while (node >= 0 && toOf[node] - fromOf[node] < count) node = nodeParent[node];
        if (node < 0) continue;
        const diagonal = diagonalOf(node);
        for (let place = fromOf[leaf]; place < toOf[leaf]; place += 1) reach[order[place]] = diagonal;
      }
      return reach;
    },
    nearest(x, y, z, count, visit) {
      if (order.length === 0 || !(count > 0)) return;
      if (bestRow.length < count) {
        bestDistance = new Float64Array(count);
        bestRow = new Int32Array(count);
      }
      found = 0;
      wanted = count;
      px = x;
      py = y;
      pz = z;
      search(0, 0, 0, 0, 0);
      for (let place = 0; place < found; place += 1) visit(bestRow[place]);
    },
  };
}

function widestAxis(columns: readonly Float64Array[], order: Int32Array, from: number, to: number): number {
  let widest = 0;
  let width = -1;
  for (const [axis, column] of columns.entries()) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let place = from; place < to; place += 1) {
      const value = column[order[place]];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (high - low > width) {
      width = high - low;
      widest = axis;
    }
  }
  return widest;
}

/** Puts the entry of a rank in its place, smaller ones before and larger ones after. */
function selectRank(order: Int32Array, column: Float64Array, from: number, to: number, rank: number): void {
  let low = from;
  let high = to;
  while (low < high) {
    const pivot = column[order[(low + high) >> 1]];
    let left = low;
    let right = high;
    while (left <= right) {
      while (column[order[left]] < pivot) left += 1;
      while (column[order[right]] > pivot) right -= 1;
      if (left <= right) {
        const swap = order[left];
        order[left] = order[right];
        order[right] = swap;
        left += 1;
        right -= 1;
      }
    }
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else return;
  }
}
