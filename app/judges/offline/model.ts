import { z } from 'zod';
import stored from '../../../assets/offline-judge.json' with { type: 'json' };
import { modelFeatures } from './model-features.ts';
import type { PairNumbers } from './terms.ts';

const dipId = 'dip_log_likelihood_ratio';

const treeSchema = z.strictObject({
  /** Column a node asks about; 0 for leaves. */
  feature: z.array(z.int().nonnegative()),
  /** At most this goes left. */
  threshold: z.array(z.number()),
  /** Node to go to; 0 marks a leaf. */
  left: z.array(z.int().nonnegative()),
  right: z.array(z.int().nonnegative()),
  /** What the training pairs of a node add to the score on average. */
  value: z.array(z.number()),
});

const lineSchema = z.strictObject({
  slope: z.number().positive(),
  /** Log-odds per unit of a dip's log-likelihood ratio below 0: trees stop asking where few training pairs are, this goes on. */
  fullMiddle: z.number().nonnegative(),
  offset: z.number(),
});

const modelSchema = z.strictObject({
  ...lineSchema.shape,
  /** The line where hardly more than average waveforms, spike times and places of units is known. */
  bare: lineSchema,
  format: z.literal(2),
  training: z.looseObject({
    trainedOn: z.iso.date(),
    recordings: z.int(),
    pairs: z.int(),
    pairsOfOneCell: z.int(),
    tableSha256: z.string(),
  }),
  mergeFrom: z.number().gt(0.5).lt(1),
  refuseBelow: z.number().gt(0).lt(0.5),
  baseline: z.number(),
  /** `missing` is read where a number is missing: a value worse than most pairs of one cell have. */
  features: z.array(z.strictObject({ id: z.string(), direction: z.int().min(-1).max(1), missing: z.number() })),
  trees: z.array(treeSchema).min(1),
});

type OfflineModel = z.output<typeof modelSchema>;

/** The model as trained; throws where the file and the features of this version do not belong together. */
export function readModel(value: unknown): OfflineModel {
  const model = modelSchema.parse(value);
  const expected = modelFeatures.map(({ id, direction }) => `${id} ${direction}`).join(', ');
  const found = model.features.map(({ id, direction }) => `${id} ${direction}`).join(', ');
  if (found !== expected) throw new Error(`offline-judge.json was trained on other features: ${found}; expected ${expected}.`);
  return model;
}

export const offlineModel: OfflineModel = readModel(stored);

/** What one feature adds to the log-odds of one pair. */
export interface Contribution {
  readonly feature: string;
  readonly term: string;
  /** The evidence id that stands for it. */
  readonly telling: string;
  readonly logOdds: number;
  readonly missing: boolean;
}

export interface Score {
  /** Calibrated natural log-odds of "one cell": `base` plus all contributions, exactly. */
  readonly logOdds: number;
  /** Log-odds of the average training pair. */
  readonly base: number;
  readonly contributions: readonly Contribution[];
}

/** Lines of evidence that come from an extension of their own, by their picture. */
const separateTerms = ['pca_clustering', 'amplitude_plot', 'spike_locations'] as const;
/** Columns of these that are there without the extension. */
const alwaysThere: readonly string[] = ['unit_distance_um', 'peak_channel_distance_um'];

/** True where hardly more than average waveforms, spike times and places of units is known: two of the three others are missing. */
function isBare(measured: readonly (number | undefined)[]): boolean {
  const silent = separateTerms.filter((term) =>
    modelFeatures.every((feature, column) => feature.term !== term || alwaysThere.includes(feature.id) || measured[column] === undefined),
  );
  return silent.length >= 2;
}

/**
 * Runs the trees over the numbers of one pair. Each question on the way down a tree changes the average answer of the training
 * pairs that remain; the change belongs to the feature asked about, so that the contributions add up to the score. What a
 * missing feature would add in favour is left out; where most are missing, what they add either way belongs to the base, and a line
 * that was fitted to such pairs turns the sum into log-odds.
 */
export function scorePair(numbers: PairNumbers, model: OfflineModel = offlineModel): Score {
  const measured = modelFeatures.map((feature) => feature.value(numbers));
  const values = measured.map((value, column) => (value === undefined ? model.features[column].missing : value));
  const added = new Float64Array(values.length);
  let base = model.baseline;
  for (const tree of model.trees) {
    base += tree.value[0];
    let node = 0;
    while (tree.left[node] !== 0) {
      const column = tree.feature[node];
      const next = values[column] <= tree.threshold[node] ? tree.left[node] : tree.right[node];
      added[column] += tree.value[next] - tree.value[node];
      node = next;
    }
  }
  const bare = isBare(measured);
  const { slope, fullMiddle, offset } = bare ? model.bare : model;
  if (bare) {
    for (const [column, value] of measured.entries()) {
      if (value !== undefined) continue;
      base += added[column];
      added[column] = 0;
    }
  }
  const contributions = modelFeatures.map((feature, column) => {
    const { id, term, from } = feature;
    const missing = measured[column] === undefined;
    const against = id === dipId ? fullMiddle * Math.min(0, measured[column] ?? 0) : 0;
    const telling = feature.telling?.(numbers) ?? from[0];
    return { feature: id, term, telling, missing, logOdds: slope * (missing ? Math.min(0, added[column]) : added[column]) + against };
  });
  const calibratedBase = slope * base + offset;
  return { base: calibratedBase, contributions, logOdds: contributions.reduce((sum, one) => sum + one.logOdds, calibratedBase) };
}
