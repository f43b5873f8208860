import type { Answer } from '../../../app/contract/calls.ts';
import { spokenNumber } from '../../parts/spoken.ts';
import { type Distribution, standingOf, standingWords } from './standing.ts';

type Evidence = Answer<'group.evidence'>;
type NumberRow = Evidence['numbers'][number];
type PairRow = Evidence['pairs'][number];

/** Where the strip names a number in fewer words than its own title. `say` gets the values in the order of `ids`. */
interface Wanted {
  readonly title: string;
  readonly ids: readonly string[];
  readonly say: (values: readonly string[]) => string;
}

const alone = ([value]: readonly string[]) => value ?? '–';
const beforeAndAfter = ([first, second, merged]: readonly string[]) => `${first} · ${second} → ${merged}`;

/** The numbers that settle most pairs, in the order in which curators look at evidence. The rest is one click away. */
export const wantedHeadlines: readonly Wanted[] = [
  { title: 'Template distance', ids: ['template_distance_l1_best_lag'], say: alone },
  { title: 'Best lag', ids: ['template_best_lag_ms'], say: alone },
  { title: 'Units apart', ids: ['unit_distance_um'], say: alone },
  { title: 'Coincidences', ids: ['ccg_observed_count', 'ccg_expected_count'], say: ([seen, expected]) => `${seen} of ${expected}` },
  { title: 'Refractory dip', ids: ['ccg_refractory_ratio', 'ccg_refractory_p_value'], say: ([ratio, p]) => `${ratio}, p ${p}` },
  { title: 'Violations', ids: ['rp_violations_first', 'rp_violations_second', 'rp_violations_merged'], say: beforeAndAfter },
  { title: 'Contamination', ids: ['contamination_first', 'contamination_second', 'contamination_merged'], say: beforeAndAfter },
  { title: 'Amplitude overlap', ids: ['amplitude_overlap'], say: alone },
  { title: 'Amplitude gap', ids: ['amplitude_gap_at_equal_times'], say: alone },
  { title: 'Presence overlap', ids: ['presence_overlap'], say: alone },
  { title: 'PCA d′', ids: ['pca_d_prime'], say: alone },
  { title: 'PCA mixing', ids: ['pca_neighbor_mixing'], say: alone },
];

/** A value with its unit, as it is printed. */
export function printedNumber(number: NumberRow, pair: PairRow | undefined): string {
  const value = spokenNumber(pair?.values[number.id], number.digits);
  return value === '–' || number.unit === '' ? value : `${value} ${number.unit}`;
}

export interface Headline {
  readonly title: string;
  readonly value: string;
  /** What the value is and how it stands among others: made when it is asked for, since that goes through all quantiles. */
  readonly hint: () => string;
}

function hintOf(number: NumberRow, pair: PairRow | undefined, distribution: Distribution | undefined): string {
  if (number.missing.length > 0) return `${number.title}: needs ${number.missing.join(', ')}.`;
  const standing = standingOf(distribution, pair?.values[number.id]);
  const among = standing && distribution ? ` ${standingWords(standing, distribution.count)}` : '';
  return `${number.title}: ${number.definition} ${number.reading}${among}`;
}

/** What the strip shows of one pair. A headline whose numbers this version does not measure is left out. */
export function headlinesOf(
  evidence: Evidence,
  pair: PairRow | undefined,
  distributions: ReadonlyMap<string, Distribution> = new Map(),
): Headline[] {
  const byId = new Map(evidence.numbers.map((number) => [number.id, number]));
  return wantedHeadlines.flatMap(({ title, ids, say }) => {
    const numbers = ids.flatMap((id) => byId.get(id) ?? []);
    if (numbers.length < ids.length) return [];
    const values = numbers.map((number) => printedNumber(number, pair));
    const value = values.every((one) => one === '–') ? '–' : say(values);
    return [{ title, value, hint: () => numbers.map((number) => hintOf(number, pair, distributions.get(number.id))).join('\n') }];
  });
}
