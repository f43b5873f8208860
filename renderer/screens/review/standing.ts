import type { Answer } from '../../../app/contract/calls.ts';

export type Distribution = Answer<'group.distributions'>['numbers'][number];

export interface Standing {
  /** Share of near pairs with a smaller value, 0 to 100. */
  readonly percent: number;
  readonly bars: readonly number[];
  /** 0 to 1 along the bars. */
  readonly place: number;
  readonly from: number;
  readonly to: number;
}

const barCount = 24;

/**
 * Where a value stands among the near pairs, with a histogram made from their quantiles. The outermost percent at either end
 * is gathered in the end bars, so that one outlier does not flatten the rest. Nothing where there is nothing to compare with.
 */
export function standingOf(distribution: Distribution | undefined, value: number | null | undefined): Standing | undefined {
  if (!distribution || distribution.quantiles.length < 101 || value === null || value === undefined) return undefined;
  const { quantiles } = distribution;
  const from = quantiles[1] as number;
  const to = quantiles[99] as number;
  const placeOf = (at: number) => (to > from ? Math.min(1, Math.max(0, (at - from) / (to - from))) : 0.5);
  const bars = new Array<number>(barCount).fill(0);
  for (let percent = 0; percent < 100; percent += 1) {
    // Each percent of pairs is spread over the stretch between its quantiles.
    const left = placeOf(quantiles[percent] as number) * barCount;
    const right = placeOf(quantiles[percent + 1] as number) * barCount;
    const first = Math.min(barCount - 1, Math.floor(left));
    const last = Math.min(barCount - 1, Math.floor(right));
    for (let bar = first; bar <= last; bar += 1) {
      const share = right > left ? (Math.min(right, bar + 1) - Math.max(left, bar)) / (right - left) : 1 / (last - first + 1);
      bars[bar] = (bars[bar] ?? 0) + Math.max(0, share);
    }
  }
  const below = quantiles.filter((quantile) => quantile < value).length;
  const notAbove = quantiles.filter((quantile) => quantile <= value).length;
  return { percent: Math.min(100, Math.max(0, Math.round((below + notAbove) / 2 - 0.5))), bars, place: placeOf(value), from, to };
}

/** "smaller in 12 % of 286 near pairs". */
export function standingWords(standing: Standing, pairCount: number): string {
  return `${standing.percent} % of ${pairCount} near pairs have a smaller value.`;
}
