import type { FloatArray } from '../extensions/data.ts';

export interface Peak {
  readonly place: number;
  readonly prominence: number;
  /** In samples, at half the prominence; the places left and right where that height is crossed, between samples. */
  readonly width: number;
  readonly left: number;
  readonly right: number;
}

/** Local maxima with at least this prominence, in order, as SciPy's `find_peaks(values, prominence=least, width=0)`. */
export function findPeaks(values: FloatArray, leastProminence: number): Peak[] {
  const peaks: Peak[] = [];
  for (const place of localMaxima(values)) {
    const { prominence, leftBase, rightBase } = prominenceOf(values, place);
    if (!(leastProminence <= prominence)) continue;
    const height = values[place] - prominence * 0.5;
    let from = place;
    while (leftBase < from && height < values[from]) from -= 1;
    const left = values[from] < height ? from + (height - values[from]) / (values[from + 1] - values[from]) : from;
    let to = place;
    while (to < rightBase && height < values[to]) to += 1;
    const right = values[to] < height ? to - (height - values[to]) / (values[to - 1] - values[to]) : to;
    peaks.push({ place, prominence, width: right - left, left, right });
  }
  return peaks;
}

/** The middle of each flat or pointed top. */
function localMaxima(values: FloatArray): number[] {
  const found: number[] = [];
  const last = values.length - 1;
  for (let at = 1; at < last; at += 1) {
    if (!(values[at - 1] < values[at])) continue;
    let ahead = at + 1;
    while (ahead < last && values[ahead] === values[at]) ahead += 1;
    if (!(values[ahead] < values[at])) continue;
    found.push(Math.floor((at + ahead - 1) / 2));
    at = ahead;
  }
  return found;
}

/** Height over the higher of the lowest points on either side, up to where the signal is higher than the peak. */
function prominenceOf(values: FloatArray, place: number): { prominence: number; leftBase: number; rightBase: number } {
  const height = values[place];
  let leftBase = place;
  for (let at = place; at >= 0 && values[at] <= height; at -= 1) if (values[at] < values[leftBase]) leftBase = at;
  let rightBase = place;
  for (let at = place; at < values.length && values[at] <= height; at += 1) if (values[at] < values[rightBase]) rightBase = at;
  return { prominence: height - Math.max(values[leftBase], values[rightBase]), leftBase, rightBase };
}
