import type { ReviewCommandId } from './registry.ts';

/** The keys of the review page under one name; the first key of a command is the one shown on its button. */
export interface Keymap {
  readonly id: 'samecell' | 'phy' | 'spikeinterface-gui';
  readonly title: string;
  /** Where its keys come from, for the settings page. */
  readonly source: string;
  readonly keys: Readonly<Record<ReviewCommandId, readonly string[]>>;
}
