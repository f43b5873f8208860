import type { ReadOptions } from '../../analyzer/source.ts';
import type { AnalyzerView } from '../../analyzer/view.ts';
import type { Verdict, VerdictWord } from '../../contract/verdict.ts';
import { measurePair } from '../../evidence/measure.ts';
import { numberById } from '../../evidence/registry.ts';
import { Failure, throwIfCancelled } from '../../failure.ts';
import { cellsOf } from './cells.ts';
import { findingsOf, type PairOpinion, pairOpinion } from './pair-opinion.ts';
import type { PairNumbers } from './terms.ts';

/** Changes whenever the weights, a threshold or a number it rests on changes. */
export const offlineJudgeVersion = '5';

export interface OfflineVerdict {
  readonly verdict: Verdict;
  /** Everything measured, by evidence id; for three or more units prefixed by the pair ("A-B."). `offline_log_odds` is the score. */
  readonly numbers: Record<string, number | null>;
  readonly version: string;
}

interface JudgedPair {
  readonly first: number;
  readonly second: number;
  readonly label: string;
  readonly numbers: PairNumbers;
  readonly opinion: PairOpinion;
}

const mostFindings = 48;

/**
 * Judges a group of two or more units by a trained, calibrated model over measured numbers, without network. Positions in `unitIds`;
 * labels are what the reasoning calls the units. Three or more are judged pair by pair and merge only where all pairs do.
 * Throws `usage` for fewer than two units, `analyzer.unknownUnit`, `cancelled`.
 */
export async function judgeOffline(
  view: AnalyzerView,
  group: { readonly units: readonly number[]; readonly labels: readonly string[] },
  options?: ReadOptions,
): Promise<OfflineVerdict> {
  const { units, labels } = group;
  if (units.length < 2 || labels.length !== units.length) {
    throw new Failure('usage', 'A group to judge needs two or more units and a label for each.', { units: units.length });
  }
  const pairs: JudgedPair[] = [];
  for (let first = 0; first < units.length; first += 1) {
    for (let second = first + 1; second < units.length; second += 1) {
      throwIfCancelled(options?.signal);
      const numbers = await measurePair(view, { first: units[first], second: units[second] }, { signal: options?.signal });
      pairs.push({ first, second, label: `${labels[first]}-${labels[second]}`, numbers, opinion: pairOpinion(numbers) });
    }
  }
  return units.length === 2 ? verdictOfPair(pairs[0]) : verdictOfGroup(pairs, labels);
}

function verdictOfPair(pair: JudgedPair): OfflineVerdict {
  const { opinion, numbers } = pair;
  return {
    verdict: {
      verdict: opinion.word,
      confidence: opinion.confidence,
      reasoning: `${wordInSentence(opinion)} ${decidedBy(pair)}${missingSentence(opinion)}`,
      features: findingsOf(opinion.terms, undefined),
    },
    numbers: { ...numbers, offline_log_odds: opinion.logOdds, offline_probability: opinion.probability },
    version: offlineJudgeVersion,
  };
}

function verdictOfGroup(pairs: readonly JudgedPair[], labels: readonly string[]): OfflineVerdict {
  const words = pairs.map((pair) => pair.opinion.word);
  const word: VerdictWord = words.every((one) => one === 'merge') ? 'merge' : words.includes('not merge') ? 'not merge' : 'unsure';
  const telling = pairs.filter((pair) => word === 'merge' || pair.opinion.word === word);
  const confidences = telling.map((pair) => pair.opinion.confidence);
  const confidence = word === 'not merge' ? Math.max(...confidences) : Math.min(...confidences);
  const listed = pairs.map((pair) => `${pair.label}: ${pair.opinion.word} (${percent(pair.opinion.confidence)}).`).join(' ');
  const weakest = [...telling].sort((a, b) => a.opinion.logOdds - b.opinion.logOdds)[0];
  const numbers: Record<string, number | null> = {};
  for (const pair of pairs) {
    for (const [id, value] of Object.entries(pair.numbers)) numbers[`${pair.label}.${id}`] = value;
    numbers[`${pair.label}.offline_log_odds`] = pair.opinion.logOdds;
    numbers[`${pair.label}.offline_probability`] = pair.opinion.probability;
  }
  const ordered = [...pairs].sort((a, b) => Number(b.opinion.word === word) - Number(a.opinion.word === word));
  return {
    verdict: {
      verdict: word,
      confidence,
      reasoning:
        `${groupSentence(word)} ${listed} Most telling pair ${weakest.label}: ${wordInSentence(weakest.opinion)} ${decidedBy(weakest)}`.slice(
          0,
          20_000,
        ),
      features: ordered.flatMap((pair) => findingsOf(pair.opinion.terms, pair.label)).slice(0, mostFindings),
      cells: cellsOf(
        labels,
        pairs.map((pair) => ({
          first: pair.first,
          second: pair.second,
          merge: pair.opinion.word === 'merge',
          logOdds: pair.opinion.logOdds,
        })),
      ),
    },
    numbers,
    version: offlineJudgeVersion,
  };
}

function groupSentence(word: VerdictWord): string {
  if (word === 'merge') return 'All pairs of the group look like one cell.';
  if (word === 'not merge') return 'At least one pair of the group looks like two cells, so the group as a whole is not merged.';
  return 'No pair is clearly two cells, but not all can be called one.';
}

function wordInSentence(opinion: PairOpinion): string {
  const chance = percent(opinion.probability);
  if (opinion.heldBack !== undefined) return `The numbers favour one cell (${chance}), but ${opinion.heldBack}.`;
  if (opinion.word === 'merge') return `The numbers favour one cell (${chance}).`;
  if (opinion.word === 'not merge') return `The numbers favour two cells (one cell: ${chance}).`;
  return `The numbers do not decide (one cell: ${chance}).`;
}

/** The three measured numbers that moved the log-odds most, each number once. */
function decidedBy(pair: JudgedPair): string {
  const weights = new Map<string, number>();
  for (const one of pair.opinion.contributions) {
    const { telling } = one;
    if (one.missing || pair.numbers[telling] === null || pair.numbers[telling] === undefined) continue;
    weights.set(telling, (weights.get(telling) ?? 0) + one.logOdds);
  }
  const weighty = [...weights].sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).slice(0, 3);
  const told = weighty.map(([id, weight]) => {
    const number = numberById(id);
    const value = pair.numbers[id] as number;
    const unit = number?.unit ? ` ${number.unit}` : '';
    const sign = weight >= 0 ? '+' : '−';
    return `${number?.title ?? id} ${value.toFixed(number?.digits ?? 2)}${unit} (${sign}${Math.abs(weight).toFixed(1)})`;
  });
  return `What decided, with its weight: ${told.join('; ')}.`;
}

function missingSentence(opinion: PairOpinion): string {
  return opinion.missing.length === 0 ? '' : ` Could not be measured: ${[...new Set(opinion.missing)].join(', ')}.`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
