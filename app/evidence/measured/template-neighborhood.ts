import { perView } from '../../analyzer/compute/per-view.ts';
import { computedSimilarity } from '../../analyzer/compute/similarity-of-view.ts';
import { perPair } from '../per-pair.ts';

interface TemplateNeighborhood {
  /** How many other units are nearer to the one than the other is; the smaller of both counts. */
  readonly nearer: number;
  /** The longest step of the way from one to the other over third units whose longest step is shortest. */
  readonly chainDistance: number;
}

const distances = perView(async (view, options) => {
  const similarity = await computedSimilarity(view, { method: 'cosine', support: 'union', maxLagMs: 0 }, options);
  const count = view.unitIds.length;
  const chain = new Float64Array(count * count);
  for (let cell = 0; cell < chain.length; cell += 1) chain[cell] = Number.isNaN(similarity[cell]) ? 1 : 1 - similarity[cell];
  return { direct: chain, chain: shortestLongestSteps(chain, count), count };
});

/** Where the other unit stands among all that look like the one (cosine distance of the templates, no lag). */
export const templateNeighborhood = perPair(async (view, pair, options): Promise<TemplateNeighborhood> => {
  const { direct, chain, count } = await distances(view, options);
  const own = direct[pair.first * count + pair.second];
  const nearerThanOther = (unit: number): number => {
    let nearer = 0;
    for (let other = 0; other < count; other += 1) {
      if (other !== pair.first && other !== pair.second && direct[unit * count + other] < own) nearer += 1;
    }
    return nearer;
  };
  return {
    nearer: Math.min(nearerThanOther(pair.first), nearerThanOther(pair.second)),
    chainDistance: chain[pair.first * count + pair.second],
  };
});

/** Longest step between every two along the minimum spanning tree (Prim): (count, count). */
function shortestLongestSteps(direct: Float64Array, count: number): Float64Array {
  const longest = new Float64Array(count * count);
  const reach = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(count).fill(-1);
  const inTree: number[] = [];
  const done = new Uint8Array(count);
  for (let turn = 0; turn < count; turn += 1) {
    let next = -1;
    for (let unit = 0; unit < count; unit += 1) if (!done[unit] && (next < 0 || reach[unit] < reach[next])) next = unit;
    for (const unit of inTree) {
      const step = Math.max(reach[next], longest[unit * count + from[next]]);
      longest[unit * count + next] = step;
      longest[next * count + unit] = step;
    }
    done[next] = 1;
    inTree.push(next);
    for (let unit = 0; unit < count; unit += 1) {
      const distance = direct[next * count + unit];
      if (!done[unit] && distance < reach[unit]) {
        reach[unit] = distance;
        from[unit] = next;
      }
    }
  }
  return longest;
}
