import { z } from 'zod';

export const verdictWords = ['merge', 'not merge', 'unsure'] as const;
export type VerdictWord = (typeof verdictWords)[number];

/** One finding about one picture or number. */
export const featureFindingSchema = z.object({
  feature: z.string().max(100),
  finding: z.string().max(4000),
  supports: z.enum(['merge', 'not merge', 'neither']),
  severity: z.enum(['low', 'medium', 'high']),
});
export type FeatureFinding = z.infer<typeof featureFindingSchema>;

/** A judge's answer about one group, whoever gave it. `cells` partitions the labels ("A", "B", …) for three or more units. */
export const verdictSchema = z.object({
  verdict: z.enum(verdictWords),
  confidence: z.number().min(0).max(1),
  reasoning: z.string().max(20_000),
  features: z.array(featureFindingSchema).max(50),
  cells: z
    .array(z.array(z.string().max(20)).max(50))
    .max(50)
    .optional(),
});
export type Verdict = z.infer<typeof verdictSchema>;
