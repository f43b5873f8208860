/** Shares of the chance coincidences that one cell, more or less cleanly sorted, still shows, and how likely each is. */
const sharesOfOneCell = [
  [0.05, 0.4],
  [0.1, 0.3],
  [0.2, 0.2],
  [0.35, 0.1],
] as const;

/** The same for two cells, which may fire a little together or against each other. */
const sharesOfTwoCells = [
  [0.6, 0.2],
  [1, 0.6],
  [1.4, 0.2],
] as const;

/** Log-likelihood of a Poisson count, up to what all hypotheses share. */
function logLikelihood(observed: number, expected: number, shares: readonly (readonly [number, number])[]): number {
  const logs = shares.map(([share, weight]) => Math.log(weight) + observed * Math.log(share) - share * expected);
  const highest = Math.max(...logs);
  return highest + Math.log(logs.reduce((sum, value) => sum + Math.exp(value - highest), 0));
}

/** Below this many coincidences expected by chance an empty cross-correlogram means nothing (e⁻³ = 5 %). */
export const fewestExpectedCoincidences = 3;

/** Below this share of common presence the units take turns, and coincidences cannot be expected. */
export const turnTakingPresence = 0.3;

/** How far a rule of thumb follows the ratio, either way. */
const bounds = [-5, 4] as const;

/** How far the trained model can see. */
const wideBounds = [-40, 15] as const;

/**
 * Poisson log-likelihood ratio of the coincidences inside the refractory period, one cell against two independent ones, held
 * between −5 and 4, or −40 and 15. 0 where nothing is expected.
 */
export function logLikelihoodRatioOfDip(observed: number, expected: number, reach: 'narrow' | 'wide' = 'narrow'): number {
  if (!(expected > 0)) return 0;
  const [least, most] = reach === 'wide' ? wideBounds : bounds;
  const ratio = logLikelihood(observed, expected, sharesOfOneCell) - logLikelihood(observed, expected, sharesOfTwoCells);
  return Math.max(least, Math.min(most, ratio));
}
