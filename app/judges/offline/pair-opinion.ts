import type { FeatureFinding, VerdictWord } from '../../contract/verdict.ts';
import { type Contribution, offlineModel, type Score, scorePair } from './model.ts';
import {
  amplitudeTerm,
  duplicateTerm,
  locationTerm,
  type PairNumbers,
  presenceTerm,
  refractoryTerm,
  separationTerm,
  type Term,
  waveformTerm,
} from './terms.ts';

/** Below this many spikes of the smaller unit no merge is proposed. */
export const fewestSpikes = 10;
const surest = 0.99;

/** A line of evidence and what the model makes of it. */
interface WeighedTerm extends Term {
  /** Sum of what the features of this line add to the log-odds. */
  readonly weight: number;
}

/** What the trained judge says about two units. */
export interface PairOpinion {
  readonly word: VerdictWord;
  readonly confidence: number;
  /** Calibrated natural log-odds of "one cell". */
  readonly logOdds: number;
  readonly probability: number;
  /** What every feature adds, weightiest first. */
  readonly contributions: readonly Contribution[];
  readonly terms: readonly WeighedTerm[];
  /** Why a probability high enough for a merge was held back, where it was. */
  readonly heldBack: string | undefined;
  /** Features that could not be measured. */
  readonly missing: readonly string[];
}

/**
 * Weighs the numbers with the trained model and calls it a merge or not a merge beyond the trained thresholds, else unsure. A
 * merge is held back to "unsure" where the waveforms could not be compared or the smaller unit has too few spikes. Each line of
 * evidence that is missing takes a tenth off the confidence.
 */
export function pairOpinion(numbers: PairNumbers): PairOpinion {
  const score = scorePair(numbers);
  const terms = weighedTerms(numbers, score);
  const probability = 1 / (1 + Math.exp(-score.logOdds));
  const missing = terms.filter((term) => term.logOdds === undefined).map((term) => term.feature);
  const heldBack = probability >= offlineModel.mergeFrom ? reasonToHoldBack(numbers, terms) : undefined;
  const word = heldBack === undefined ? wordFor(probability) : 'unsure';
  const plain = word === 'merge' ? probability : word === 'not merge' ? 1 - probability : 0.5;
  return {
    word,
    confidence: Math.min(surest, plain) * 0.9 ** missing.length,
    logOdds: score.logOdds,
    probability,
    contributions: [...score.contributions].sort((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds)),
    terms,
    heldBack,
    missing,
  };
}

/** NaN is unsure. */
function wordFor(probability: number): VerdictWord {
  if (probability >= offlineModel.mergeFrom) return 'merge';
  return probability < offlineModel.refuseBelow ? 'not merge' : 'unsure';
}

function weighedTerms(numbers: PairNumbers, score: Score): WeighedTerm[] {
  const added = (feature: string, only?: string) =>
    score.contributions
      .filter((one) => one.term === feature && (only === undefined || (one.feature === 'duplicate_share') === (only === 'duplicates')))
      .reduce((sum, one) => sum + one.logOdds, 0);
  return [
    { ...waveformTerm(numbers), weight: added('waveform_multi') },
    { ...refractoryTerm(numbers), weight: added('crosscorrelograms', 'dip') },
    { ...separationTerm(numbers), weight: added('pca_clustering') },
    { ...amplitudeTerm(numbers), weight: added('amplitude_plot') },
    { ...locationTerm(numbers), weight: added('spike_locations') },
    { ...presenceTerm(numbers), weight: added('presence') },
    { ...duplicateTerm(numbers), weight: added('crosscorrelograms', 'duplicates') },
  ];
}

function reasonToHoldBack(numbers: PairNumbers, terms: readonly WeighedTerm[]): string | undefined {
  if (terms[0].logOdds === undefined) return 'without average waveforms no merge is proposed';
  const smaller = Math.min(numbers['spike_count_first'] ?? 0, numbers['spike_count_second'] ?? 0);
  if (!(smaller >= fewestSpikes)) return `the smaller unit has only ${smaller} spikes, fewer than the ${fewestSpikes} a merge needs`;
  return undefined;
}

/** The lines as findings about pictures. One whose words and weight point opposite ways supports neither side. */
export function findingsOf(terms: readonly WeighedTerm[], pairLabel: string | undefined): FeatureFinding[] {
  return terms.map((term) => {
    const weight = term.logOdds === undefined ? 0 : term.weight;
    const contradicted = weight * (term.logOdds ?? 0) < 0;
    const size = Math.abs(weight);
    return {
      feature: term.feature,
      finding: pairLabel === undefined ? term.finding : `${pairLabel}: ${term.finding}`,
      supports: contradicted ? 'neither' : weight > 0.25 ? 'merge' : weight < -0.25 ? 'not merge' : 'neither',
      severity: size >= 2 ? 'high' : size >= 0.75 ? 'medium' : 'low',
    };
  });
}
