/** P(X ≤ x) of a chi-square distribution with so many degrees of freedom (1 or more); series and continued fraction of the incomplete gamma function. */
export function chiSquareCdf(degrees: number): (x: number) => number {
  const logGamma = logGammaOfHalves(degrees);
  return (x) => shareUpTo(x, degrees / 2, logGamma);
}

function shareUpTo(x: number, shape: number, logGamma: number): number {
  if (!(x > 0)) return Number.isNaN(x) ? Number.NaN : 0;
  const half = x / 2;
  const front = Math.exp(shape * Math.log(half) - half - logGamma);
  if (half < shape + 1) {
    let term = 1 / shape;
    let sum = term;
    for (let n = shape + 1; term > sum * 1e-17; n += 1) {
      term *= half / n;
      sum += term;
    }
    return Math.min(1, front * sum);
  }
  const tiny = 1e-300;
  let b = half + 1 - shape;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 10_000; n += 1) {
    const a = -n * (n - shape);
    b += 2;
    d = a * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + a / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return 1 - front * fraction;
}

/** ln Γ(n / 2) for a whole n ≥ 1, by its products. */
function logGammaOfHalves(n: number): number {
  let sum = n % 2 === 0 ? 0 : 0.5 * Math.log(Math.PI);
  for (let at = n % 2 === 0 ? 1 : 0.5; at < n / 2; at += 1) sum += Math.log(at);
  return sum;
}
