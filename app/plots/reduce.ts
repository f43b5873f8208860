/** Sorted copy of the finite values. */
export function sortedFinite(values: ArrayLike<number>): Float64Array {
  let count = 0;
  const kept = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) kept[count++] = values[i];
  return kept.subarray(0, count).sort();
}

/** Value below which `share` (0–1) of the sorted values lie, interpolated; `undefined` where there are none. */
export function percentile(sorted: ArrayLike<number>, share: number): number | undefined {
  if (!(sorted.length > 0)) return undefined;
  const place = Math.min(Math.max(share, 0), 1) * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

/** At most `limit` of the positions 0 … count − 1, evenly spread, ascending: the same every time. */
export function spread(count: number, limit: number): Int32Array {
  const taken = Math.max(0, Math.min(count, Math.floor(limit)));
  const positions = new Int32Array(taken);
  for (let i = 0; i < taken; i++) positions[i] = taken === count ? i : Math.floor(((i + 0.5) * count) / taken);
  return positions;
}

/**
 * At most `limit` of the positions, by a hash of each spike's own row: the same every time, unlike even spreading blind to any
 * rhythm in the data, and no unit's choice depends on another's. Ascending.
 */
export function hashedSample(rows: ArrayLike<number>, limit: number): Int32Array {
  const count = rows.length;
  if (!(count > limit)) return spread(count, count);
  const wanted = Math.floor(limit);
  // The lowest hashes are wanted: those below half as much again as that share of all are nearly always enough, and few to sort.
  for (const cut of [(1.5 * wanted * hashRange) / count + hashRange / 1000, hashRange]) {
    const lowest: number[] = [];
    for (let i = 0; i < count; i++) {
      const hash = hashOf(rows[i]);
      if (hash <= cut) lowest.push(hash * 0x1000000 + (i & 0xffffff));
    }
    if (lowest.length < wanted) continue;
    const bound = Float64Array.from(lowest).sort()[wanted - 1];
    const positions: number[] = [];
    for (let i = 0; i < count; i++) {
      const hash = hashOf(rows[i]);
      if (hash <= cut && hash * 0x1000000 + (i & 0xffffff) <= bound) positions.push(i);
    }
    return Int32Array.from(positions);
  }
  return new Int32Array(0);
}

const hashRange = 0x1fffffff;

function hashOf(row: number): number {
  let x = (row | 0) ^ 0x9e3779b9;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return ((x ^ (x >>> 16)) >>> 0) & hashRange;
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Positions of the points inside the box, at most one per cell of a `columns` × `rows` grid over it (the first comes). */
export function onePerCell(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  box: { readonly x: Range; readonly y: Range; readonly columns: number; readonly rows: number },
): Int32Array {
  const taken = new Uint8Array(box.columns * box.rows);
  const positions: number[] = [];
  const perX = box.columns / (box.x.max - box.x.min);
  const perY = box.rows / (box.y.max - box.y.min);
  for (let i = 0; i < x.length; i++) {
    if (!(x[i] >= box.x.min && x[i] <= box.x.max && y[i] >= box.y.min && y[i] <= box.y.max)) continue;
    const column = Math.min(box.columns - 1, Math.floor((x[i] - box.x.min) * perX));
    const row = Math.min(box.rows - 1, Math.floor((y[i] - box.y.min) * perY));
    const cell = row * box.columns + column;
    if (taken[cell] === 1) continue;
    taken[cell] = 1;
    positions.push(i);
  }
  return Int32Array.from(positions);
}

/** Counts per bin; values outside are left out, the last edge belongs to the last bin. */
export function histogram(values: ArrayLike<number>, range: Range, binCount: number): Int32Array {
  const counts = new Int32Array(binCount);
  const perValue = binCount / (range.max - range.min);
  for (let i = 0; i < values.length; i++) {
    if (!(values[i] >= range.min && values[i] <= range.max)) continue;
    counts[Math.min(binCount - 1, Math.floor((values[i] - range.min) * perValue))]++;
  }
  return counts;
}

/** Round steps of 1, 2, 2.5 or 5 times a power of ten, about `target` of them over the range. */
export function niceStep(range: number, target: number): number {
  if (!(range > 0) || !Number.isFinite(range)) return 1;
  const raw = range / target;
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = raw / power;
  const nice = factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 2.5 ? 2.5 : factor <= 5 ? 5 : 10;
  return Number((nice * power).toPrecision(6));
}

/** The smallest range of whole steps around the given one. */
export function niceRange(range: Range, target: number): Range & { readonly step: number } {
  const step = niceStep(range.max - range.min, target);
  return {
    min: Number((Math.floor(range.min / step + 1e-9) * step).toPrecision(12)),
    max: Number((Math.ceil(range.max / step - 1e-9) * step).toPrecision(12)),
    step,
  };
}

/** From 0 to above the highest count, in whole steps. */
export function countRange(highest: number, target: number): Range & { readonly step: number } {
  const top = Math.max(1, highest);
  const step = Math.max(1, Math.floor(niceStep(top, target)));
  return { min: 0, max: Math.ceil(top / step) * step, step };
}
