import type { VerdictWord } from '../../app/contract/verdict.ts';

/** What a person reads for a verdict; "merge" and "not merge" stay the words in files. */
export const verdictTitle: Readonly<Record<VerdictWord, string>> = {
  merge: 'Same cell',
  'not merge': 'Different',
  unsure: 'Unsure',
};
