import { readFileSync } from 'node:fs';

/** One pair of the table that features.ts writes. */
export interface Row {
  readonly recording: string;
  /** As recipes.py names it. */
  readonly set: string;
  readonly kind: string;
  readonly units: readonly (string | number)[];
  /** Whether the two are one cell. */
  readonly same: boolean;
  /** The presets that propose the pair. */
  readonly presets: readonly string[];
  /** By id; `null` where a number can't be said. */
  readonly evidence: Readonly<Record<string, number | null>>;
}

/** The rows of a table: JSON, one a line. */
export function readTable(file: string): Row[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}
