import type { EvidenceNumber } from './number.ts';
import { evidenceNumbers } from './registry.ts';

/** Raised when any number is computed in another way, so that stored ones are measured anew. */
const formulas = 2;

/** Under which measured numbers are stored: changes with the list of numbers and their formulas. */
export const numbersVersion = `${formulas}:${(evidenceNumbers as readonly EvidenceNumber[]).map(({ id }) => id).join(' ')}`;
