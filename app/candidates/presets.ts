/** A ready-made order of steps, as SpikeInterface's `compute_merge_unit_groups(preset=…)`. */
export interface CandidatePreset {
  readonly id: string;
  readonly title: string;
  readonly purpose: string;
  readonly steps: readonly string[];
}

const beforeTiming = ['num_spikes', 'remove_contaminated', 'unit_locations', 'template_similarity'] as const;

export const presets = [
  {
    id: 'similarity_correlograms',
    title: 'Similar shape and correlograms',
    purpose: "Near units of nearly the same waveform whose cross-correlogram looks like each unit's own.",
    steps: [...beforeTiming, 'correlogram', 'quality_score'],
  },
  {
    id: 'temporal_splits',
    title: 'Hand-over in time',
    purpose: 'Near units of nearly the same waveform, where one stops as the other starts. Blind in recordings below about 200 s.',
    steps: [...beforeTiming, 'presence_distance', 'quality_score'],
  },
  {
    id: 'x_contaminations',
    title: 'Cross-contamination',
    purpose: 'Near units of nearly the same waveform that respect a common refractory period.',
    steps: [...beforeTiming, 'cross_contamination', 'quality_score'],
  },
  {
    id: 'feature_neighbors',
    title: 'Neighbours in feature space',
    purpose: 'Near units whose spikes lie among each other in amplitude and position. Proposes many.',
    steps: ['num_spikes', 'snr', 'remove_contaminated', 'unit_locations', 'knn', 'quality_score'],
  },
  {
    id: 'slay',
    title: 'SLAy score',
    purpose: "One score of waveform similarity, dip of the cross-correlogram and refractory violations, in SpikeInterface's version.",
    steps: ['template_similarity', 'slay_score'],
  },
] as const satisfies readonly CandidatePreset[];
