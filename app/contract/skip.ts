import { z } from 'zod';

/** Why a group of a run was left out of it, without having failed. */
export const skipKinds = ['limit', 'nothing to show', 'too many units', 'too large', 'person', 'cancelled'] as const;
export type SkipKind = (typeof skipKinds)[number];

/** A question about the group could not be made: it counts with what failed until it can. */
export const unaskableKinds = ['nothing to show', 'too many units', 'too large'] as const satisfies readonly SkipKind[];

/** A group that was left out, and why in words. */
export interface SkipRecord {
  readonly kind: SkipKind;
  readonly message: string;
}

export const skipKindSchema = z.enum(skipKinds);

/** The reason that a failure carries in `details.skip` where nothing failed: its group is left out. */
export function skipOf(failure: { readonly message: string; readonly details: Readonly<Record<string, unknown>> }): SkipRecord | undefined {
  const kind = skipKindSchema.safeParse(failure.details['skip']);
  return kind.success ? { kind: kind.data, message: failure.message } : undefined;
}
