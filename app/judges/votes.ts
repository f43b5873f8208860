import type { Verdict } from '../contract/verdict.ts';

export interface Tally {
  readonly verdict: Verdict;
  /** Share of the votes that say the same as the verdict, 0 to 1; of the largest side where it is a tie. */
  readonly agreement: number;
}

/**
 * One verdict of several, told in the group's own letters: what most say. For three or more units two votes say the same
 * only where their cells are the same. A tie is `unsure`. Confidence is the agreement times the mean confidence of those
 * who agree; findings and words are those of the surest of them.
 */
export function tally(votes: readonly Verdict[]): Tally {
  if (votes.length === 1) return { verdict: votes[0], agreement: 1 };
  const sides = new Map<string, Verdict[]>();
  for (const vote of votes) {
    const key = JSON.stringify([vote.verdict, vote.verdict === 'unsure' ? null : (vote.cells ?? null)]);
    sides.set(key, [...(sides.get(key) ?? []), vote]);
  }
  const bySize = [...sides.values()].sort((a, b) => b.length - a.length);
  const [largest, second] = bySize;
  const agreement = largest.length / votes.length;
  if (second !== undefined && second.length === largest.length) {
    const said = bySize.map((side) => `${side.length} ${side[0].verdict}`).join(', ');
    return {
      verdict: {
        verdict: 'unsure',
        confidence: 0.5,
        reasoning: `The votes are divided: ${said}. ${largest[0].reasoning}`.slice(0, 20_000),
        features: largest[0].features,
      },
      agreement,
    };
  }
  const surest = largest.reduce((best, vote) => (vote.confidence > best.confidence ? vote : best));
  const mean = largest.reduce((sum, vote) => sum + vote.confidence, 0) / largest.length;
  return { verdict: { ...surest, confidence: Math.min(1, agreement * mean) }, agreement };
}
