import { unitLocationsOf } from '../analyzer/compute/unit-locations.ts';
import type { ReadOptions } from '../analyzer/source.ts';
import type { AnalyzerView } from '../analyzer/view.ts';
import { measurePair } from './measure.ts';
import { quantile } from './measured/unit-amplitudes.ts';
import type { EvidenceNumber } from './number.ts';
import { evidenceNumbers } from './registry.ts';
import { unlessMissing } from './unless-missing.ts';

/** How one number is spread over near pairs. */
export interface NumberDistribution {
  readonly id: string;
  /** Pairs that have a value. */
  readonly count: number;
  /** The values' quantiles at 0, 1, …, 100 %; empty where no pair has a value. */
  readonly quantiles: readonly number[];
}

export interface Distributions {
  /** Pairs of units at most 150 µm apart (all pairs where units have no positions). */
  readonly nearPairCount: number;
  /** How many of them were measured, evenly spread over the list. */
  readonly sampledCount: number;
  readonly numbers: readonly NumberDistribution[];
}

export interface DistributionOptions extends ReadOptions {
  /** Measures no more than this many pairs. */
  readonly most?: number | undefined;
  readonly onPair?: ((done: number, total: number) => void) | undefined;
}

const nearUm = 150;
const usualMost = 300;

/** Where a value falls only says something beside the others: every number over a sample of near pairs. */
export async function distributionsOf(view: AnalyzerView, options: DistributionOptions = {}): Promise<Distributions> {
  const near = await nearPairs(view, options);
  const count = Math.min(options.most ?? usualMost, near.length);
  const values = new Map<string, number[]>((evidenceNumbers as readonly EvidenceNumber[]).map(({ id }) => [id, []]));
  for (let index = 0; index < count; index += 1) {
    options.onPair?.(index, count);
    const [first, second] = near[Math.floor((index * near.length) / count)];
    const measured = await measurePair(view, { first, second }, { signal: options.signal });
    for (const [id, value] of Object.entries(measured)) if (value !== null) values.get(id)?.push(value);
  }
  return {
    nearPairCount: near.length,
    sampledCount: count,
    numbers: [...values].map(([id, found]) => ({ id, count: found.length, quantiles: quantilesOf(found) })),
  };
}

/** Pairs of positions at most 150 µm apart, in unit order. */
async function nearPairs(view: AnalyzerView, options: ReadOptions): Promise<[number, number][]> {
  const unitCount = view.unitIds.length;
  const xyUm = (await unlessMissing(() => unitLocationsOf(view, options)))?.xyUm;
  const pairs: [number, number][] = [];
  for (let first = 0; first < unitCount; first += 1) {
    for (let second = first + 1; second < unitCount; second += 1) {
      if (xyUm) {
        const apartUm = Math.hypot(xyUm[2 * first] - xyUm[2 * second], xyUm[2 * first + 1] - xyUm[2 * second + 1]);
        if (!(apartUm <= nearUm)) continue;
      }
      pairs.push([first, second]);
    }
  }
  return pairs;
}

function quantilesOf(values: readonly number[]): number[] {
  if (values.length === 0) return [];
  const rising = Float64Array.from(values).sort();
  return Array.from({ length: 101 }, (_, percent) => quantile(rising, percent / 100));
}
