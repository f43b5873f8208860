import type { Verdict } from '../contract/verdict.ts';

/**
 * In which order a vote shows the units of a group: entry i is the place, in the group, of the unit under the i-th letter.
 * The same for the same seed and key; from vote to vote every unit moves on by one place, so that none is always first.
 */
export function unitOrder(count: number, seed: number, key: string, vote: number): number[] {
  const random = randomFrom(`${seed} ${key}`);
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order.map((_, index) => order[(index + vote) % count]);
}

/** Numbers from 0 to 1 that follow from the text alone (FNV-1a into mulberry32). */
function randomFrom(text: string): () => number {
  let state = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * A verdict about units in the order they were shown, told with the letters of the group's own order. Cells are exact;
 * letters in sentences are recognised by how they stand, so that the article "A" stays one.
 */
export function inGroupOrder(verdict: Verdict, labels: readonly string[], order: readonly number[]): Verdict {
  const meant = new Map(order.map((place, index) => [labels[index], labels[place]]));
  if ([...meant].every(([shown, own]) => shown === own)) return verdict;
  const { cells } = verdict;
  const own = (label: string) => meant.get(label) ?? label;
  const inLabelOrder = (a: string, b: string) => labels.indexOf(a) - labels.indexOf(b);
  return {
    ...verdict,
    reasoning: withLetters(verdict.reasoning, meant),
    features: verdict.features.map((finding) => ({ ...finding, finding: withLetters(finding.finding, meant) })),
    ...(cells === undefined
      ? {}
      : {
          cells: cells.map((cell) => cell.map(own).sort(inLabelOrder)).sort((a, b) => inLabelOrder(a[0], b[0])),
        }),
  };
}

/** What follows a letter that is a unit, where it could be a word of English too. */
const verbs =
  /^ (?:and|or|to|vs\.?|versus|has|have|had|is|are|was|were|shows?|fires?|fades?|carr(?:y|ies)|ends?|begins?|starts?|stops?|leads?|follows?|appears?|becomes?|covers?|lies|sits?|looks?|drifts?|takes|hands|remains?|alone|does|do|can|could|may|might|also|but|with|on|at|in|over|from|then|than|itself|only|contains?|disappears?|continues?|occupies|spans?|peaks?|bursts?|precedes?|holds?|never|seems?)\b/;

/** The text with each letter that names a unit replaced. */
function withLetters(text: string, meant: ReadonlyMap<string, string>): string {
  return text.replace(/(?<![\w'’])([A-Z]{1,2})(?!\w|['’](?:m|ll|ve|d)\b)/g, (letter, _group, at: number) => {
    const own = meant.get(letter);
    if (own === undefined) return letter;
    if ((letter === 'A' || letter === 'I') && isWord(text, at, letter)) return letter;
    return own;
  });
}

/** "A narrow peak", "I see": at the beginning of a sentence and followed by neither a verb nor a sign. */
function isWord(text: string, at: number, letter: string): boolean {
  const after = text.slice(at + letter.length, at + letter.length + 20);
  if (!/^ [a-z0-9“"]/i.test(after) || verbs.test(after)) return false;
  if (letter === 'I') return true;
  const before = text.slice(0, at).trimEnd();
  return before === '' || /[.!?:;"“(]$/.test(before) || /\n\s*$/.test(text.slice(0, at));
}
