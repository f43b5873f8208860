import type { FeatureFinding, VerdictWord } from '../../contract/verdict.ts';
import {
  amplitudeTerm,
  duplicateTerm,
  fewestExpectedCoincidences,
  fewestSpikes,
  locationTerm,
  type PairNumbers,
  priorLogOdds,
  refractoryTerm,
  separationTerm,
  type Term,
  turnTakingPresence,
  waveformTerm,
} from './terms.ts';

const mergeFrom = 0.8;
const refuseBelow = 0.2;
const surestWord = 0.95;
const surestWithoutTiming = 0.8;

/** What the rules say about two units. */
export interface PairOpinion {
  readonly word: VerdictWord;
  readonly confidence: number;
  /** Natural log-odds of "one cell", prior included. */
  readonly logOdds: number;
  readonly terms: readonly Term[];
  /** Why a score high enough for a merge was held back, where it was. */
  readonly heldBack: string | undefined;
  /** Features that could not be measured. */
  readonly missing: readonly string[];
}

/**
 * Adds the terms to log-odds and calls it a merge from 80 %, not a merge below 20 %. A merge is held back to "unsure" where
 * the waveforms could not be compared, the smaller unit has too few spikes, or the cross-correlogram has no power though
 * both fire at the same times. Each missing input takes a tenth off the confidence,
 * and a merge without power in the cross-correlogram is never surer than 80 %.
 */
export function pairOpinion(numbers: PairNumbers): PairOpinion {
  const terms = [
    waveformTerm(numbers),
    refractoryTerm(numbers),
    separationTerm(numbers),
    amplitudeTerm(numbers),
    locationTerm(numbers),
    duplicateTerm(numbers),
  ];
  const logOdds = terms.reduce((sum, term) => sum + (term.logOdds ?? 0), priorLogOdds);
  const probability = 1 / (1 + Math.exp(-logOdds));
  const missing = terms.filter((term) => term.logOdds === undefined).map((term) => term.feature);
  const completeness = 0.9 ** missing.length;
  const heldBack = probability >= mergeFrom ? reasonToHoldBack(numbers, terms) : undefined;
  if (heldBack !== undefined) return { word: 'unsure', confidence: 0.5 * completeness, logOdds, terms, heldBack, missing };
  if (probability >= mergeFrom) {
    const surest = (numbers['ccg_expected_count'] ?? 0) >= fewestExpectedCoincidences ? surestWord : surestWithoutTiming;
    return { word: 'merge', confidence: Math.min(surest, probability) * completeness, logOdds, terms, heldBack, missing };
  }
  if (!(probability >= refuseBelow)) {
    return { word: 'not merge', confidence: Math.min(surestWord, 1 - probability) * completeness, logOdds, terms, heldBack, missing };
  }
  return { word: 'unsure', confidence: 0.5 * completeness, logOdds, terms, heldBack, missing };
}

function reasonToHoldBack(numbers: PairNumbers, terms: readonly Term[]): string | undefined {
  if (terms[0].logOdds === undefined) return 'without average waveforms no merge is proposed';
  const smaller = Math.min(numbers['spike_count_first'] ?? 0, numbers['spike_count_second'] ?? 0);
  if (!(smaller >= fewestSpikes)) return `the smaller unit has only ${smaller} spikes, fewer than the ${fewestSpikes} a merge needs`;
  const expected = numbers['ccg_expected_count'] ?? 0;
  const presence = numbers['presence_overlap'] ?? 1;
  if (!(expected >= fewestExpectedCoincidences) && !(presence < turnTakingPresence)) {
    return `only ${expected.toFixed(1)} coincidences are expected by chance, so that the cross-correlogram cannot tell one cell from two that look alike`;
  }
  return undefined;
}

/** The terms as findings about pictures. */
export function findingsOf(terms: readonly Term[], pairLabel: string | undefined): FeatureFinding[] {
  return terms.map((term) => {
    const logOdds = term.logOdds ?? 0;
    const size = Math.abs(logOdds);
    return {
      feature: term.feature,
      finding: pairLabel === undefined ? term.finding : `${pairLabel}: ${term.finding}`,
      supports: logOdds > 0.25 ? 'merge' : logOdds < -0.25 ? 'not merge' : 'neither',
      severity: size >= 2 ? 'high' : size >= 0.75 ? 'medium' : 'low',
    };
  });
}
