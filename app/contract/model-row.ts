import { z } from 'zod';

const tokens = z.number().nonnegative().max(1e6);
const usdPerMillion = z.number().nonnegative().max(1e6);

const imageRuleSchema = z.discriminatedUnion('rule', [
  /** Fit into 2048 px, short edge down to 768 px, then tiles of 512 px. OpenAI's older models. */
  z.strictObject({ rule: z.literal('tiles'), base: tokens, perTile: tokens }),
  /** Squares of `sizePx`, scaled down to at most `maximum` of them and to the longest edge, times `factor`. */
  z.strictObject({
    rule: z.literal('patches'),
    sizePx: z.number().min(1).max(4096),
    maximum: z.number().min(1).max(1e6),
    factor: z.number().positive().max(1000),
    longEdgePx: z.number().min(1).max(100_000).optional(),
  }),
  /** So many tokens whatever the size. */
  z.strictObject({ rule: z.literal('fixed'), tokens }),
]);

/** A model as the table has it: name, image rule, prices, end. */
export const modelRowSchema = z.strictObject({
  id: z.string().min(1).max(200),
  title: z.string().min(1).max(200),
  /** `null`: takes no pictures. */
  images: imageRuleSchema.nullable(),
  /** Where the rule is not known: whose it is taken to be. */
  imagesAssumedAs: z.string().min(1).max(200).optional(),
  inputUsdPerMillion: usdPerMillion.nullable(),
  outputUsdPerMillion: usdPerMillion.nullable(),
  /** Input that the provider read from its own cache; left out where it is not known. */
  cachedInputUsdPerMillion: usdPerMillion.optional(),
  /** Input that the provider wrote to its cache for later. */
  cacheWriteUsdPerMillion: usdPerMillion.optional(),
  /** Day on which the provider takes the model away, where it has said so. */
  endsOn: z.iso.date().nullable(),
  /** Takes a temperature. */
  temperature: z.boolean(),
  default: z.literal(true).optional(),
  note: z.string().max(500).optional(),
});

export type ModelRow = z.output<typeof modelRowSchema>;
export type ImageRule = z.output<typeof imageRuleSchema>;
