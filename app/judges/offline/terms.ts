import { fewestExpectedCoincidences, logLikelihoodRatioOfDip, turnTakingPresence } from './dip.ts';

/** Measured numbers of one pair by evidence id; `null` where it can't be said. */
export type PairNumbers = Readonly<Record<string, number | null>>;

/** One line of evidence in words, with what a rule of thumb makes of it (natural log-odds of "one cell"): the model weighs, the rule words. */
export interface Term {
  /** Id of the picture that shows the same thing. */
  readonly feature: string;
  /** `undefined`: nothing could be measured. That is never support. */
  readonly logOdds: number | undefined;
  /** One sentence with the numbers. */
  readonly finding: string;
  /** Evidence ids the term was made from, the telling one first. */
  readonly from: readonly string[];
}

/** Value of a line through (x, y) points with rising x, constant outside. */
function alongLine(points: readonly (readonly [number, number])[], x: number): number {
  if (x <= points[0][0]) return points[0][1];
  for (let place = 1; place < points.length; place += 1) {
    const [right, high] = points[place];
    if (x <= right) {
      const [left, low] = points[place - 1];
      return low + ((high - low) * (x - left)) / (right - left);
    }
  }
  return points[points.length - 1][1];
}

function shown(value: number, digits: number): string {
  return value.toFixed(digits);
}

const cosinePoints = [
  [0.02, 1.5],
  [0.05, 0.8],
  [0.1, 0],
  [0.2, -2],
  [0.35, -4],
] as const;
const l1Points = [
  [0.15, 1.5],
  [0.25, 0.5],
  [0.35, -1.5],
  [0.5, -4],
] as const;

/** The less favourable of two distances of the average waveforms: cosine for the shape, l1 for shape and size. */
export function waveformTerm(numbers: PairNumbers): Term {
  const from = ['template_distance_l1_best_lag', 'template_distance_cosine_best_lag', 'template_best_lag_ms'];
  const l1 = numbers['template_distance_l1_best_lag'];
  const cosine = numbers['template_distance_cosine_best_lag'];
  const feature = 'waveform_multi';
  if (l1 === null || l1 === undefined || cosine === null || cosine === undefined) {
    return { feature, from, logOdds: undefined, finding: 'The average waveforms could not be compared.' };
  }
  const logOdds = Math.min(alongLine(cosinePoints, cosine), alongLine(l1Points, l1));
  const lag = numbers['template_best_lag_ms'];
  const shift = lag !== null && lag !== undefined && lag > 0 ? ` after a shift of ${shown(lag, 2)} ms` : '';
  const words = logOdds > 0.25 ? 'nearly the same' : logOdds < -0.25 ? 'different' : 'similar';
  return {
    feature,
    from,
    logOdds,
    finding: `The average waveforms are ${words}: template distance ${shown(l1, 2)} (l1) and ${shown(cosine, 3)} (cosine)${shift}.`,
  };
}

/** Poisson likelihood ratio of the coincidences inside the refractory period: one cell against two independent ones. */
export function refractoryTerm(numbers: PairNumbers): Term {
  const from = ['ccg_observed_count', 'ccg_expected_count', 'ccg_refractory_p_value'];
  const feature = 'crosscorrelograms';
  const observed = numbers['ccg_observed_count'];
  const expected = numbers['ccg_expected_count'];
  const windowMs = numbers['refractory_window_ms'];
  if (
    observed === null ||
    observed === undefined ||
    expected === null ||
    expected === undefined ||
    windowMs === null ||
    windowMs === undefined
  ) {
    return { feature, from, logOdds: undefined, finding: 'The cross-correlogram could not be counted.' };
  }
  const logOdds = logLikelihoodRatioOfDip(observed, expected);
  const counts = `${observed} coincidences within ${shown(windowMs, 1)} ms, ${shown(expected, 1)} expected by chance`;
  if (expected < fewestExpectedCoincidences && observed < fewestExpectedCoincidences) {
    return { feature, from, logOdds, finding: `Too few spikes at the same times for the cross-correlogram to tell: ${counts}.` };
  }
  const words = logOdds > 0.25 ? 'The cross-correlogram dips as for one refractory cell' : 'The cross-correlogram does not dip';
  return { feature, from, logOdds, finding: `${words}: ${counts}.` };
}

const separationPoints = [
  [0.5, 0.7],
  [1, 0.3],
  [2, 0],
  [3, -1],
  [5, -3],
  [8, -4],
] as const;

/** How well the principal components on common channels part the two. */
export function separationTerm(numbers: PairNumbers): Term {
  const from = ['pca_d_prime', 'pca_neighbor_mixing'];
  const feature = 'pca_clustering';
  const separation = numbers['pca_d_prime'];
  if (separation === null || separation === undefined) {
    return { feature, from, logOdds: undefined, finding: 'The principal components could not be compared on common channels.' };
  }
  const logOdds = alongLine(separationPoints, separation);
  const words = logOdds > 0.25 ? 'lie in one cloud' : logOdds < -0.25 ? 'lie in two clouds' : 'are shifted against each other';
  const mixing = numbers['pca_neighbor_mixing'];
  const mixed = mixing === null || mixing === undefined ? '' : `, neighbours mixed to ${shown(100 * mixing, 0)} %`;
  return { feature, from, logOdds, finding: `The spikes ${words} on the common channels (d′ ${shown(separation, 1)}${mixed}).` };
}

/**
 * Amplitudes. Distributions that hardly overlap do not speak against one cell by themselves: a sorter that cut one
 * distribution leaves no valley, and drift leaves no gap at equal times. Only a valley that is no drift does.
 */
export function amplitudeTerm(numbers: PairNumbers): Term {
  const from = ['amplitude_overlap', 'amplitude_valley', 'amplitude_gap_at_equal_times', 'presence_overlap'];
  const feature = 'amplitude_plot';
  const overlap = numbers['amplitude_overlap'];
  const valley = numbers['amplitude_valley'];
  if (overlap === null || overlap === undefined || valley === null || valley === undefined) {
    return { feature, from, logOdds: undefined, finding: 'The amplitudes could not be compared.' };
  }
  const gap = numbers['amplitude_gap_at_equal_times'];
  const presence = numbers['presence_overlap'];
  const carriesOver = gap !== null && gap !== undefined && gap < 0.75;
  const takesTurns = presence !== null && presence !== undefined && presence < turnTakingPresence;
  const measured = `overlap ${shown(overlap, 2)}, valley ${shown(valley, 2)}`;
  if (takesTurns && carriesOver) {
    return {
      feature,
      from: ['amplitude_gap_at_equal_times', 'presence_overlap', 'amplitude_overlap'],
      logOdds: 1.5,
      finding: `One unit takes over from the other (presence overlap ${shown(presence, 2)}) and the amplitude carries over (gap ${shown(gap, 2)} σ at equal times; ${measured}).`,
    };
  }
  if (valley >= 0.3 && !carriesOver) {
    return {
      feature,
      from,
      logOdds: alongLine(
        [
          [0.3, -0.5],
          [0.9, -2.5],
        ],
        valley,
      ),
      finding: `The amplitudes form two groups with a valley between them (${measured}).`,
    };
  }
  if (overlap >= 0.7) {
    return { feature, from, logOdds: 0.3, finding: `The amplitudes are alike (${measured}).` };
  }
  const reason = carriesOver ? 'but agree at equal times' : 'but join without a valley, as one distribution cut in two would';
  return { feature, from, logOdds: 0, finding: `The amplitudes differ ${reason} (${measured}).` };
}

const distancePoints = [
  [15, 0.2],
  [30, -0.5],
  [60, -2],
  [100, -4],
] as const;

function withoutDrift(numbers: PairNumbers): string {
  const corrected = numbers['drift_corrected_distance_um'];
  return corrected === null || corrected === undefined ? '' : `, ${shown(corrected, 0)} µm with the common motion taken off`;
}

/** Estimated positions. */
export function locationTerm(numbers: PairNumbers): Term {
  const from = ['unit_distance_um', 'peak_channel_distance_um'];
  const feature = 'spike_locations';
  const distance = numbers['unit_distance_um'] ?? numbers['peak_channel_distance_um'];
  if (distance === null || distance === undefined) {
    return { feature, from, logOdds: undefined, finding: 'The positions could not be compared.' };
  }
  const told = numbers['unit_distance_um'] === null || numbers['unit_distance_um'] === undefined ? 'main channels' : 'estimated positions';
  return {
    feature,
    from: told === 'main channels' ? ['peak_channel_distance_um'] : from,
    logOdds: alongLine(distancePoints, distance),
    finding: `The ${told} are ${shown(distance, 0)} µm apart${withoutDrift(numbers)}.`,
  };
}

/** The same spikes found twice: only ever in favour. */
export function duplicateTerm(numbers: PairNumbers): Term {
  const from = ['duplicate_share', 'duplicate_spikes'];
  const feature = 'crosscorrelograms';
  const share = numbers['duplicate_share'];
  if (share === null || share === undefined) {
    return { feature, from, logOdds: undefined, finding: 'Duplicate spikes could not be counted.' };
  }
  const logOdds = alongLine(
    [
      [5, 0],
      [20, 1.5],
    ],
    share,
  );
  const words = logOdds > 0.25 ? 'The sorter found the same spikes twice' : 'Hardly any spike was found twice';
  return { feature, from, logOdds, finding: `${words}: ${shown(share, 1)} % of the smaller unit within 0.3 ms of the other.` };
}

/** Who fires when. Says nothing by itself. */
export function presenceTerm(numbers: PairNumbers): Term {
  const from = ['presence_overlap', 'presence_correlation'];
  const feature = 'presence';
  const overlap = numbers['presence_overlap'];
  if (overlap === null || overlap === undefined) {
    return { feature, from, logOdds: undefined, finding: 'Too few spikes to compare the rates over time.' };
  }
  const correlation = numbers['presence_correlation'];
  const measured = `presence overlap ${shown(overlap, 2)}${correlation === null || correlation === undefined ? '' : `, correlation of the rates ${shown(correlation, 2)}`}`;
  const words = overlap < turnTakingPresence ? 'One unit fires while the other is silent' : 'The units fire at the same times';
  return { feature, from, logOdds: 0, finding: `${words}: ${measured}.` };
}
