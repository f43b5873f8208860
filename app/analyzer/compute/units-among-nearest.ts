import { leafSize, type PointTree, plantPointTree } from './point-tree.ts';

/** Points (x, y, z columns), the unit of each, and the pairs of units in question. */
export interface NearestUnitsQuestion {
  /** (S) each; they become this function's own and are put in another order. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  /** Unit of each point (S); this function's own too. */
  readonly unitOf: Int32Array;
  readonly unitCount: number;
  /** 1 at first * unitCount + second where it is asked whether `first` has a point with one of `second` among its nearest (n, n). */
  readonly asked: Uint8Array;
  /** Nearest points looked at, the point itself among them. */
  readonly count: number;
  /** Gives other work a turn (see `createBreather`). */
  readonly breathe: () => Promise<void> | undefined;
}

/** Rounding of sums and roots may not make a distance too small. */
const roundedUp = 1 + 1e-12;

/**
 * For every asked pair of units, 1 where at least one point of the first has a point of the second among its `count` nearest of
 * all points (n, n). Points with a value that is no number are left out; of points equally far, any may be the nearer.
 *
 * How far the nearest of a point can lie at most is known from the points in its own box. The exact answer is looked for only
 * where a point of an asked unit lies within that, which hardly ever happens away from where two units meet.
 */
export async function unitsAmongNearest(question: NearestUnitsQuestion): Promise<Uint8Array> {
  const { x, y, z, unitOf, unitCount, count, breathe } = question;
  const met = new Uint8Array(unitCount * unitCount);
  const tree = await plantPointTree(x, y, z, unitOf, breathe);
  const { nodeCount, from, to, left, right, parent, bounds } = tree;
  if (nodeCount === 0 || !(count > 0)) return met;
  const open = openPairs(question.asked, unitCount);
  const present = open.unitsInNodes(tree, unitOf);

  const reach = new Float64Array(leafSize);
  const sought = new Int32Array(open.wordCount);
  const partners: number[] = [];
  const stack: number[] = [];
  const distances = new Float64Array(count);
  const units = new Int32Array(count);
  let found = 0;

  /** Takes the points of a box among the nearest of one point. */
  const take = (box: number, px: number, py: number, pz: number): void => {
    const end = to[box];
    let limit = found === count ? distances[count - 1] : Number.POSITIVE_INFINITY;
    for (let place = from[box]; place < end; place += 1) {
      const dx = x[place] - px;
      const dy = y[place] - py;
      const dz = z[place] - pz;
      const distance = dx * dx + dy * dy + dz * dz;
      if (!(distance < limit)) continue;
      let at = count - 1;
      if (found < count) {
        at = found;
        found += 1;
      }
      while (at > 0 && distances[at - 1] > distance) {
        distances[at] = distances[at - 1];
        units[at] = units[at - 1];
        at -= 1;
      }
      distances[at] = distance;
      units[at] = unitOf[place];
      if (found === count) limit = distances[count - 1];
    }
  };

  /** Square of a distance from the middle of a leaf within which `count` points lie. */
  const reachOfMiddle = (leaf: number, mx: number, my: number, mz: number): number => {
    let around = leaf;
    while (around >= 0 && to[around] - from[around] < count) around = parent[around];
    if (around < 0) return Number.POSITIVE_INFINITY;
    if (around !== leaf) return diagonalOf(bounds, around);
    found = 0;
    take(leaf, mx, my, mz);
    return distances[count - 1];
  };

  /** Notes how far the nearest of each point of a leaf can lie, squared; the farthest of them. */
  const fillReach = (leaf: number): number => {
    const at = leaf * 6;
    const mx = (bounds[at] + bounds[at + 1]) / 2;
    const my = (bounds[at + 2] + bounds[at + 3]) / 2;
    const mz = (bounds[at + 4] + bounds[at + 5]) / 2;
    const ofMiddle = Math.sqrt(reachOfMiddle(leaf, mx, my, mz));
    let farthest = 0;
    for (let place = from[leaf]; place < to[leaf]; place += 1) {
      const dx = x[place] - mx;
      const dy = y[place] - my;
      const dz = z[place] - mz;
      const most = (Math.sqrt(dx * dx + dy * dy + dz * dz) + ofMiddle) ** 2 * roundedUp;
      reach[place - from[leaf]] = most;
      if (most > farthest) farthest = most;
    }
    return farthest;
  };

  /** Leaves within a distance of a leaf that hold a unit which is still asked of one of the leaf's own. */
  const seekPartners = (leaf: number, limit: number): void => {
    partners.length = 0;
    sought.fill(0);
    for (let place = from[leaf]; place < to[leaf]; place += 1)
      if (place === from[leaf] || unitOf[place] !== unitOf[place - 1]) open.addSought(unitOf[place], sought);
    stack.push(0);
    while (stack.length > 0) {
      const node = stack.pop() as number;
      if (!holdsAny(present, node, sought) || apartFromNode(bounds, node, leaf) > limit) continue;
      if (left[node] >= 0) stack.push(right[node], left[node]);
      else partners.push(node);
    }
  };

  const isPartnerWithin = (first: number, px: number, py: number, pz: number, limit: number): boolean => {
    const row = first * unitCount;
    for (const box of partners) {
      if (apartFromPoint(bounds, box, px, py, pz) > limit) continue;
      for (let place = from[box]; place < to[box]; place += 1) {
        if (open.bits[row + unitOf[place]] === 0) continue;
        const dx = x[place] - px;
        const dy = y[place] - py;
        const dz = z[place] - pz;
        if (dx * dx + dy * dy + dz * dz <= limit) return true;
      }
    }
    return false;
  };

  /** Goes on from the point's own leaf until its nearest are found. */
  const takeNearest = (leaf: number, px: number, py: number, pz: number): void => {
    stack.push(0);
    while (stack.length > 0) {
      const node = stack.pop() as number;
      if (found === count && apartFromPoint(bounds, node, px, py, pz) > distances[count - 1]) continue;
      if (left[node] < 0) {
        if (node !== leaf) take(node, px, py, pz);
      } else if (apartFromPoint(bounds, left[node], px, py, pz) < apartFromPoint(bounds, right[node], px, py, pz)) {
        stack.push(right[node], left[node]);
      } else {
        stack.push(left[node], right[node]);
      }
    }
  };

  for (let leaf = 0; leaf < nodeCount; leaf += 1) {
    if (left[leaf] >= 0) continue;
    const turn = breathe();
    if (turn) await turn;
    seekPartners(leaf, fillReach(leaf));
    if (partners.length === 0) continue;
    for (let place = from[leaf]; place < to[leaf]; place += 1) {
      const first = unitOf[place];
      if (open.countOf[first] === 0) continue;
      const px = x[place];
      const py = y[place];
      const pz = z[place];
      if (!isPartnerWithin(first, px, py, pz, reach[place - from[leaf]])) continue;
      found = 0;
      take(leaf, px, py, pz);
      if (found === count && !isPartnerWithin(first, px, py, pz, distances[count - 1])) continue;
      takeNearest(leaf, px, py, pz);
      for (let index = 0; index < found; index += 1) {
        const cell = first * unitCount + units[index];
        if (open.bits[cell] === 0) continue;
        met[cell] = 1;
        open.close(first, units[index]);
      }
    }
  }
  return met;
}

/** Most words of 32 bits that stand for the units of a node; with more units, several share a bit. */
const mostWords = 8;

/** The pairs that are still asked about, and sets of units as bits. */
function openPairs(asked: Uint8Array, unitCount: number) {
  const bits = asked.slice();
  const countOf = new Int32Array(unitCount);
  const wordCount = Math.min(mostWords, Math.ceil(unitCount / 32));
  const soughtOf = new Int32Array(unitCount * wordCount);
  const add = (sets: Int32Array, set: number, unit: number): void => {
    sets[set * wordCount + ((unit >> 5) % wordCount)] |= 1 << (unit & 31);
  };
  const refresh = (first: number): void => {
    soughtOf.fill(0, first * wordCount, (first + 1) * wordCount);
    countOf[first] = 0;
    for (let second = 0; second < unitCount; second += 1) {
      if (bits[first * unitCount + second] === 0) continue;
      countOf[first] += 1;
      add(soughtOf, first, second);
    }
  };
  for (let unit = 0; unit < unitCount; unit += 1) refresh(unit);
  return {
    /** 1 where a pair is open (n, n). */
    bits,
    /** Open pairs of each first unit. */
    countOf,
    wordCount,
    close(first: number, second: number): void {
      bits[first * unitCount + second] = 0;
      refresh(first);
    },
    /** Adds the units that are asked of `first` to a set. */
    addSought(first: number, set: Int32Array): void {
      for (let word = 0; word < wordCount; word += 1) set[word] |= soughtOf[first * wordCount + word];
    },
    /** The units of each node as a set (nodes, words). */
    unitsInNodes({ nodeCount, from, to, left, right }: PointTree, unitOf: Int32Array): Int32Array {
      const sets = new Int32Array(nodeCount * wordCount);
      for (let node = nodeCount - 1; node >= 0; node -= 1) {
        if (left[node] < 0) {
          for (let place = from[node]; place < to[node]; place += 1) add(sets, node, unitOf[place]);
        } else {
          for (let word = 0; word < wordCount; word += 1)
            sets[node * wordCount + word] = sets[left[node] * wordCount + word] | sets[right[node] * wordCount + word];
        }
      }
      return sets;
    },
  };
}

function holdsAny(sets: Int32Array, set: number, sought: Int32Array): boolean {
  const start = set * sought.length;
  for (let word = 0; word < sought.length; word += 1) if ((sets[start + word] & sought[word]) !== 0) return true;
  return false;
}

/** Square of the distance between a point and the nearest place of a node's box. */
function apartFromPoint(bounds: Float64Array, node: number, x: number, y: number, z: number): number {
  const at = node * 6;
  const dx = x < bounds[at] ? bounds[at] - x : x > bounds[at + 1] ? x - bounds[at + 1] : 0;
  const dy = y < bounds[at + 2] ? bounds[at + 2] - y : y > bounds[at + 3] ? y - bounds[at + 3] : 0;
  const dz = z < bounds[at + 4] ? bounds[at + 4] - z : z > bounds[at + 5] ? z - bounds[at + 5] : 0;
  return dx * dx + dy * dy + dz * dz;
}

/** Square of the distance between the boxes of two nodes. */
function apartFromNode(bounds: Float64Array, node: number, other: number): number {
  const a = node * 6;
  const b = other * 6;
  const dx = Math.max(bounds[a] - bounds[b + 1], bounds[b] - bounds[a + 1], 0);
  const dy = Math.max(bounds[a + 2] - bounds[b + 3], bounds[b + 2] - bounds[a + 3], 0);
  const dz = Math.max(bounds[a + 4] - bounds[b + 5], bounds[b + 4] - bounds[a + 5], 0);
  return dx * dx + dy * dy + dz * dz;
}

/** Square of the diagonal of a node's box. */
function diagonalOf(bounds: Float64Array, node: number): number {
  const at = node * 6;
  const dx = bounds[at + 1] - bounds[at];
  const dy = bounds[at + 3] - bounds[at + 2];
  const dz = bounds[at + 5] - bounds[at + 4];
  return (dx * dx + dy * dy + dz * dz) * roundedUp;
}
