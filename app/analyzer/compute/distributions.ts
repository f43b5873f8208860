/** ln(n!) − ln(√(2πn)·(n/e)ⁿ): what Stirling's formula leaves out. Series of Loader (2000), exact sums below 16. */
function stirlingError(n: number): number {
  if (n < 16) {
    if (n === 0) return 0;
    let logFactorial = 0;
    if (Number.isInteger(n)) for (let factor = 2; factor <= n; factor += 1) logFactorial += Math.log(factor);
    else logFactorial = logGamma(n + 1);
    return logFactorial - (n + 0.5) * Math.log(n) + n - 0.5 * Math.log(2 * Math.PI);
  }
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n;
}

/** x·ln(x/m) + m − x without cancellation. */
function deviance(x: number, mean: number): number {
  if (x === 0) return mean;
  const gap = (x - mean) / (x + mean);
  if (Math.abs(x - mean) < 0.1 * (x + mean)) {
    let sum = (x - mean) * gap;
    let term = 2 * x * gap;
    for (let k = 1; k < 1000; k += 1) {
      term *= gap * gap;
      const next = sum + term / (2 * k + 1);
      if (next === sum) return next;
      sum = next;
    }
  }
  return x * Math.log(x / mean) + mean - x;
}

/** ln Γ(x) for x > 0 (Lanczos, g = 7), about 1e-14 relative. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const coefficients = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const shifted = x - 1;
  let sum = coefficients[0];
  for (let place = 1; place < coefficients.length; place += 1) sum += coefficients[place] / (shifted + place);
  const base = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}

/** Poisson probability of k (also between integers) at a mean. */
function poissonProbability(k: number, mean: number): number {
  if (mean === 0) return k === 0 ? 1 : 0;
  if (k === 0) return Math.exp(-mean);
  return Math.exp(-stirlingError(k) - deviance(k, mean)) / Math.sqrt(2 * Math.PI * k);
}

/** P(X ≤ k) of a Poisson count; k is floored, below 0 gives 0. */
export function poissonCdf(k: number, mean: number): number {
  const count = Math.floor(k);
  if (!(count >= 0)) return Number.isNaN(k) || Number.isNaN(mean) ? Number.NaN : 0;
  if (mean === 0) return 1;
  if (!(mean > 0)) return Number.NaN;
  const a = count + 1;
  if (mean < a + 1) {
    let term = poissonProbability(a, mean);
    let sum = term;
    for (let n = a + 1; term > sum * 1e-17; n += 1) {
      term *= mean / n;
      sum += term;
    }
    return Math.max(0, 1 - sum);
  }
  let term = poissonProbability(count, mean);
  let sum = term;
  for (let n = count; n > 0 && term > sum * 1e-17; n -= 1) {
    term *= n / mean;
    sum += term;
  }
  return Math.min(1, sum);
}

/** Binomial probability of k of n. */
function binomialProbability(k: number, n: number, p: number): number {
  const q = 1 - p;
  if (p === 0) return k === 0 ? 1 : 0;
  if (q === 0) return k === n ? 1 : 0;
  if (k === 0) return Math.exp(n * Math.log1p(-p));
  if (k === n) return Math.exp(n * Math.log(p));
  const logged =
    stirlingError(n) -
    stirlingError(k) -
    stirlingError(n - k) -
    deviance(k, n * p) -
    deviance(n - k, n * q) +
    0.5 * Math.log(n / (2 * Math.PI * k * (n - k)));
  return Math.exp(logged);
}

/** P(X > k) of a binomial count of n trials; 1 for k < 0, 0 for k ≥ n. */
export function binomialSurvival(k: number, n: number, p: number): number {
  const count = Math.floor(k);
  if (count < 0) return 1;
  if (count >= n) return 0;
  const odds = p / (1 - p);
  if (count + 1 > n * p) {
    let term = binomialProbability(count + 1, n, p);
    let sum = term;
    for (let x = count + 1; x < n && term > sum * 1e-17; x += 1) {
      term *= ((n - x) / (x + 1)) * odds;
      sum += term;
    }
    return Math.min(1, sum);
  }
  let term = binomialProbability(count, n, p);
  let sum = term;
  for (let x = count; x > 0 && term > sum * 1e-17; x -= 1) {
    term *= x / ((n - x + 1) * odds);
    sum += term;
  }
  return Math.max(0, 1 - sum);
}
