/** What is compared of an example: its numbers, by id for a pair and by "A-B.id" for each pair of a larger group. */
export interface Placed {
  readonly label: 'good' | 'bad';
  readonly numbers: Readonly<Record<string, number | null>>;
}

/** Two cases with fewer numbers in common than this can't be compared. */
const fewestShared = 3;

/**
 * The examples nearest to a group in the space of its evidence numbers, as many good as bad ones (`ofEach` at most), the
 * nearest last of each. Each number is scaled by its spread over all of them; one that is missing on either side is left out.
 */
export function nearestExamples<Example extends Placed>(
  numbers: Readonly<Record<string, number | null>>,
  examples: readonly Example[],
  ofEach: number,
): Example[] {
  const own = meanByNumber(numbers);
  const placed = examples.map((example) => ({ example, at: meanByNumber(example.numbers) }));
  const spread = spreadOf([own, ...placed.map(({ at }) => at)]);
  const ranked = placed
    .map(({ example, at }) => ({ example, distance: distanceOf(own, at, spread) }))
    .filter((one): one is { example: Example; distance: number } => one.distance !== undefined)
    .sort((a, b) => a.distance - b.distance);
  const good = ranked.filter(({ example }) => example.label === 'good');
  const bad = ranked.filter(({ example }) => example.label === 'bad');
  const count = Math.min(ofEach, Math.max(good.length, bad.length));
  // As many of each; one side may be empty, and then the other is shown alone.
  const most = good.length === 0 || bad.length === 0 ? count : Math.min(count, good.length, bad.length);
  return [...good.slice(0, most).reverse(), ...bad.slice(0, most).reverse()].map(({ example }) => example);
}

function meanByNumber(numbers: Readonly<Record<string, number | null>>): Map<string, number> {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const [key, value] of Object.entries(numbers)) {
    if (value === null || !Number.isFinite(value)) continue;
    const id = key.replace(/^[A-Z]+-[A-Z]+\./, '');
    const { sum, count } = sums.get(id) ?? { sum: 0, count: 0 };
    sums.set(id, { sum: sum + value, count: count + 1 });
  }
  return new Map([...sums].map(([id, { sum, count }]) => [id, sum / count]));
}

function spreadOf(all: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const spread = new Map<string, number>();
  for (const id of new Set(all.flatMap((one) => [...one.keys()]))) {
    const values = all.flatMap((one) => one.get(id) ?? []);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    spread.set(id, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length));
  }
  return spread;
}

function distanceOf(
  one: ReadonlyMap<string, number>,
  other: ReadonlyMap<string, number>,
  spread: ReadonlyMap<string, number>,
): number | undefined {
  let sum = 0;
  let count = 0;
  for (const [id, value] of one) {
    const theirs = other.get(id);
    if (theirs === undefined) continue;
    const scale = spread.get(id) ?? 0;
    count++;
    if (scale > 0) sum += ((value - theirs) / scale) ** 2;
  }
  return count < fewestShared ? undefined : Math.sqrt(sum / count);
}
