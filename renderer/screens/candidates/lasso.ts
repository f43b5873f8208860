import type { Point } from '../../../app/contract/outline.ts';

/** The four corners of a box between two points. */
export function boxOf([ax, ay]: Point, [bx, by]: Point): Point[] {
  return [
    [ax, ay],
    [bx, ay],
    [bx, by],
    [ax, by],
  ];
}

/** A tick with the digits its step needs: 0.10 beside 0.12. */
export function tickText(tick: number, step: number): string {
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return (digits > 6 || Math.abs(tick) >= 1e7 ? String(tick) : tick.toFixed(digits)).replace('-', '−');
}

/** Ends of an axis that holds the values with a little room, and ticks at round numbers a step apart. */
export function axisOf(values: Iterable<number>, tickCount: number): { from: number; to: number; step: number; ticks: number[] } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low <= high)) return { from: 0, to: 1, step: 1, ticks: [0, 1] };
  const room = high > low ? (high - low) * 0.04 : Math.max(Math.abs(high) * 0.1, 0.5);
  const [from, to] = [low - room, high + room];
  const rough = (to - from) / tickCount;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) ticks.push(Number(tick.toPrecision(10)));
  return { from, to, step, ticks };
}
