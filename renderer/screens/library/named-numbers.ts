import type { Answer, ExampleRow } from '../../../app/contract/calls.ts';
import { spokenNumber } from '../../parts/spoken.ts';

export interface NamedNumber {
  readonly id: string;
  readonly title: string;
  /** With its unit. */
  readonly value: string;
  readonly hint: string;
}

/**
 * Kept numbers by their titles. Of a group of more than two units each number stands under "A-B.id"; one that this version does
 * not know (an example outlives the application) goes by its id.
 */
export function namedNumbers(numbers: ExampleRow['numbers'], meanings: Answer<'library.list'>['numbers']): NamedNumber[] {
  const byId = new Map(meanings.map((meaning) => [meaning.id, meaning]));
  return Object.entries(numbers).map(([id, value]) => {
    const dot = id.indexOf('.');
    const pair = dot < 0 ? '' : `${id.slice(0, dot).replace('-', '–')}: `;
    const meaning = byId.get(id.slice(dot + 1));
    if (!meaning) return { id, title: id, value: spokenNumber(value, Number.isInteger(value) ? 0 : 3), hint: id };
    const spoken = spokenNumber(value, meaning.digits);
    return {
      id,
      title: `${pair}${meaning.title}`,
      value: spoken === '–' || meaning.unit === '' ? spoken : `${spoken} ${meaning.unit}`,
      hint: `${meaning.definition} (${meaning.id})`,
    };
  });
}
