import { z } from 'zod';

/** Which groups a list shows. */
export const groupShows = ['all', 'chosen', 'open', 'merge', 'not merge', 'unsure', 'disagree', 'judged', 'failed'] as const;
export type GroupShow = (typeof groupShows)[number];

/** What a filter may name and a list be ordered by, beside the evidence numbers. */
export const groupFields = [
  'template_diff',
  'score',
  'spike_count',
  'unit_count',
  'confidence',
  'decision',
  'verdict',
  'found_by',
] as const;
export type GroupField = (typeof groupFields)[number];

/** The status of a point, by its number on the wire; a chosen one has 4 added. */
export const pointStatuses = ['open', 'merge', 'not merge', 'unsure'] as const;
export const chosenPoint = 4;

/** A way to look at a session's list: which groups, and in what order. What is left out is: all, as found. */
export const groupViewSchema = z.strictObject({
  show: z.enum(groupShows).optional(),
  /** An expression such as `template_diff < 0.2 and decision == "open"`. */
  filter: z.string().max(1000).optional(),
  /** Every word stands in the units, the reasoning, the judge or the note. */
  words: z.string().max(500).optional(),
  /** By `found`, `units`, `judge`, `reasoning`, one of `groupFields` or an evidence number; what has none goes last either way. */
  sort: z.strictObject({ by: z.string().max(100), descending: z.boolean() }).optional(),
});
export type GroupView = z.output<typeof groupViewSchema>;
