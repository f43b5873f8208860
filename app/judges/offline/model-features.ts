import { logLikelihoodRatioOfDip, turnTakingPresence } from './dip.ts';
import type { PairNumbers } from './terms.ts';

/** One input of the trained model. */
interface ModelFeature {
  readonly id: string;
  /** The picture that shows the same thing. */
  readonly term: string;
  /** 1: more of it never lowers the probability of one cell; −1: never raises it; 0: either way, as learned. */
  readonly direction: 1 | -1 | 0;
  /** Evidence ids it is made from, the telling one first. */
  readonly from: readonly string[];
  /** `undefined` where the evidence is missing. */
  value(numbers: PairNumbers): number | undefined;
  /** The evidence id to name when this decided, where it is not always the first. */
  telling?(numbers: PairNumbers): string;
}

function said(numbers: PairNumbers, id: string): number | undefined {
  return numbers[id] ?? undefined;
}

function plain(id: string, term: string, direction: 1 | -1 | 0): ModelFeature {
  return { id, term, direction, from: [id], value: (numbers) => said(numbers, id) };
}

/**
 * Amplitudes over the whole recording are looked at only where the two fire at the same times: where one takes over from the
 * other, disjoint amplitudes are what drift does to one cell.
 */
function whereTogether(id: string, evidence: string, direction: 1 | -1, otherwise: number): ModelFeature {
  return {
    id,
    term: 'amplitude_plot',
    direction,
    from: [evidence, 'presence_overlap'],
    value: (numbers) => {
      const presence = said(numbers, 'presence_overlap');
      if (presence !== undefined && presence < turnTakingPresence) return otherwise;
      return said(numbers, evidence);
    },
  };
}

/**
 * As measured, or as it would be had both been seen from the same place of a moving probe, whichever is smaller. Where nothing moves
 * the second is not said.
 */
function orWithoutDrift(id: string, term: string, withoutDrift: string): ModelFeature {
  const telling = (numbers: PairNumbers) =>
    (said(numbers, withoutDrift) ?? Number.POSITIVE_INFINITY) < (said(numbers, id) ?? Number.POSITIVE_INFINITY) ? withoutDrift : id;
  return { id, term, direction: -1, from: [id, withoutDrift], value: (numbers) => said(numbers, telling(numbers)), telling };
}

function logarithm(
  id: string,
  term: string,
  direction: 1 | -1 | 0,
  from: readonly string[],
  of: (values: number[]) => number,
): ModelFeature {
  return {
    id,
    term,
    direction,
    from,
    value: (numbers) => {
      const values = from.map((each) => said(numbers, each));
      return values.some((value) => value === undefined) ? undefined : Math.log10(1 + of(values as number[]));
    },
  };
}

/** What the trained model is given, in the order of its columns. Symmetric in the two units. */
export const modelFeatures: readonly ModelFeature[] = [
  orWithoutDrift('template_distance_cosine_best_lag', 'waveform_multi', 'template_distance_cosine_moved'),
  orWithoutDrift('template_distance_l1_best_lag', 'waveform_multi', 'template_distance_l1_moved'),
  orWithoutDrift('template_distance_l2_best_lag', 'waveform_multi', 'template_distance_l2_moved'),
  orWithoutDrift('template_chain_distance', 'waveform_multi', 'template_distance_cosine_moved'),
  plain('template_nearer_units', 'waveform_multi', -1),
  {
    id: 'dip_log_likelihood_ratio',
    term: 'crosscorrelograms',
    direction: 1,
    from: ['ccg_observed_count', 'ccg_expected_count'],
    value: (numbers) => {
      const observed = said(numbers, 'ccg_observed_count');
      const expected = said(numbers, 'ccg_expected_count');
      return observed === undefined || expected === undefined ? undefined : logLikelihoodRatioOfDip(observed, expected, 'wide');
    },
  },
  {
    id: 'ccg_shoulder_ratio',
    term: 'crosscorrelograms',
    direction: 0,
    from: ['ccg_shoulder_ratio'],
    // not said where nothing can be expected: as by chance, then
    value: (numbers) => said(numbers, 'ccg_shoulder_ratio') ?? (said(numbers, 'ccg_expected_count') === undefined ? undefined : 1),
  },
  plain('duplicate_share', 'crosscorrelograms', 0),
  plain('contamination_merged', 'crosscorrelograms', -1),
  logarithm('log_expected_coincidences', 'crosscorrelograms', 0, ['ccg_expected_count'], ([expected]) => expected),
  plain('pca_d_prime', 'pca_clustering', -1),
  orWithoutDrift('pca_d_prime_at_equal_times', 'pca_clustering', 'pca_d_prime_at_equal_places'),
  plain('pca_neighbor_mixing', 'pca_clustering', 1),
  orWithoutDrift('amplitude_gap_at_equal_times', 'amplitude_plot', 'amplitude_gap_at_equal_places'),
  whereTogether('amplitude_overlap_where_together', 'amplitude_overlap', 1, 1),
  whereTogether('amplitude_valley_where_together', 'amplitude_valley', -1, 0),
  plain('presence_overlap', 'presence', 0),
  plain('presence_correlation', 'presence', 0),
  plain('unit_distance_um', 'spike_locations', -1),
  plain('drift_corrected_distance_um', 'spike_locations', -1),
  plain('peak_channel_distance_um', 'spike_locations', -1),
  plain('location_gap_at_equal_times', 'spike_locations', -1),
  logarithm('log_fewer_spikes', 'presence', 0, ['spike_count_first', 'spike_count_second'], ([first, second]) => Math.min(first, second)),
];
