/** Points in small boxes, boxes in larger ones: a k-d tree with the bounds of each box. */
export interface PointTree {
  readonly nodeCount: number;
  /** Points of node b: places from[b] (with) to to[b] (without). Node 0 holds all. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** The two nodes a node is made of; −1 for a leaf. Both come after it. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** −1 for node 0. */
  readonly parent: Int32Array;
  /** Lowest and highest x, y and z of each node's points (nodes, 6). */
  readonly bounds: Float64Array;
}

/** Most points of a leaf. */
export const leafSize = 32;

/** Values that are looked at for the place of a split, and for the axis along which a node reaches farthest. */
const sampledForSplit = 15;
const sampledForAxis = 128;
/** A split that leaves one side less than this share is made in the middle instead. */
const leastShare = 1 / 8;

/**
 * Puts points into the order of the leaves of a tree, the labels along with them; those with a value that is no number are
 * dropped. The columns become the tree's own. `breathe` gives other work a turn (see `createBreather`).
 */
export async function plantPointTree(
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
  labels: Int32Array,
  breathe: () => Promise<void> | undefined,
): Promise<PointTree> {
  const columns = [x, y, z] as const;
  const count = moveUsableAhead(columns, labels);
  // Plain arrays of half a million numbers, and their copies as they grow, would take more memory than the tree itself.
  const nodes = {
    from: new Int32Array(64),
    to: new Int32Array(64),
    left: new Int32Array(64),
    right: new Int32Array(64),
    parent: new Int32Array(64),
  };
  let nodeCount = 0;
  const add = (from: number, to: number, parent: number): number => {
    if (nodeCount === nodes.from.length) for (const name of nodeColumns) nodes[name] = resized(nodes[name], Math.ceil(nodeCount * 1.5));
    nodes.from[nodeCount] = from;
    nodes.to[nodeCount] = to;
    nodes.left[nodeCount] = -1;
    nodes.right[nodeCount] = -1;
    nodes.parent[nodeCount] = parent;
    nodeCount += 1;
    return nodeCount - 1;
  };
  const waiting = count > 0 ? [add(0, count, -1)] : [];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const from = nodes.from[node];
    const to = nodes.to[node];
    if (to - from <= leafSize) continue;
    const turn = breathe();
    if (turn) await turn;
    const axis = widestAxis(columns, from, to);
    const middle = split(columns[axis], columns[(axis + 1) % 3], columns[(axis + 2) % 3], labels, from, to);
    // First both, since adding can put the columns elsewhere.
    const left = add(from, middle, node);
    const right = add(middle, to, node);
    nodes.left[node] = left;
    nodes.right[node] = right;
    waiting.push(right, left);
  }
  for (const name of nodeColumns) nodes[name] = nodes[name].slice(0, nodeCount);
  const tree = { nodeCount, ...nodes, bounds: new Float64Array(nodeCount * 6) };
  for (const [axis, column] of columns.entries()) fillBounds(tree, axis, column);
  return tree;
}

const nodeColumns = ['from', 'to', 'left', 'right', 'parent'] as const;

function resized(values: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(length);
  wider.set(values);
  return wider;
}

/** How many points are usable: they come first, in their order. */
function moveUsableAhead([x, y, z]: readonly [Float64Array, Float64Array, Float64Array], labels: Int32Array): number {
  let usable = 0;
  for (let row = 0; row < x.length; row += 1) {
    if (!Number.isFinite(x[row] + y[row] + z[row])) continue;
    x[usable] = x[row];
    y[usable] = y[row];
    z[usable] = z[row];
    labels[usable] = labels[row];
    usable += 1;
  }
  return usable;
}

function fillBounds({ nodeCount, from, to, left, right, bounds }: PointTree, axis: number, column: Float64Array): void {
  for (let node = nodeCount - 1; node >= 0; node -= 1) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    if (left[node] >= 0) {
      const [one, other] = [left[node] * 6 + 2 * axis, right[node] * 6 + 2 * axis];
      low = Math.min(bounds[one], bounds[other]);
      high = Math.max(bounds[one + 1], bounds[other + 1]);
    } else {
      for (let place = from[node]; place < to[node]; place += 1) {
        const value = column[place];
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    bounds[node * 6 + 2 * axis] = low;
    bounds[node * 6 + 2 * axis + 1] = high;
  }
}

function widestAxis(columns: readonly Float64Array[], from: number, to: number): number {
  const step = Math.max(1, Math.floor((to - from) / sampledForAxis));
  let widest = 0;
  let most = -1;
  for (let axis = 0; axis < columns.length; axis += 1) {
    const column = columns[axis];
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let place = from; place < to; place += step) {
      const value = column[place];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (high - low > most) {
      most = high - low;
      widest = axis;
    }
  }
  return widest;
}

const sample = new Float64Array(sampledForSplit);

/** Puts the smaller values of a column before the larger ones, the others along with it; where the larger ones begin. */
function split(column: Float64Array, other: Float64Array, another: Float64Array, labels: Int32Array, from: number, to: number): number {
  const step = (to - from) / sampledForSplit;
  for (let index = 0; index < sampledForSplit; index += 1) sample[index] = column[from + Math.floor((index + 0.5) * step)];
  sample.sort();
  let pivot = sample[sampledForSplit >> 1];
  const least = (to - from) * leastShare;
  const middle = (from + to) >> 1;
  let low = from;
  let high = to - 1;
  for (;;) {
    let left = low;
    let right = high;
    while (left <= right) {
      while (column[left] < pivot) left += 1;
      while (column[right] > pivot) right -= 1;
      if (left > right) break;
      swap(column, left, right);
      swap(other, left, right);
      swap(another, left, right);
      swap(labels, left, right);
      left += 1;
      right -= 1;
    }
    if (left - from >= least && to - left >= least) return left;
    if (middle <= right) high = right;
    else if (middle >= left) low = left;
    else return middle;
    pivot = column[(low + high) >> 1];
  }
}

function swap(values: Float64Array | Int32Array, left: number, right: number): void {
  const value = values[left];
  values[left] = values[right];
  values[right] = value;
}
