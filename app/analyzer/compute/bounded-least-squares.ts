/** What is minimised: half the sum of squared residuals over a box. */
export interface BoundedProblem {
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Residuals (m). */
  residuals(point: readonly number[]): number[];
}

const tolerance = 1e-8;
const roundOff = 2 ** -52;

/**
 * Trust-region reflective least squares (Branch, Coleman and Li 1999) with the constants and stopping rules of SciPy's
 * `least_squares(method="trf")`. They matter: on flat problems that stops far from the minimum, and who wants SciPy's
 * answer has to stop where it does. Needs at least as many residuals as variables.
 */
export function boundedLeastSquares(problem: BoundedProblem, start: readonly number[]): number[] {
  const { low, high } = problem;
  const size = start.length;
  const mostEvaluations = 100 * size;
  let point = start.map((value, axis) => insideBy(value, low[axis], high[axis], 1e-10));
  let residuals = problem.residuals(point);
  let cost = 0.5 * dot(residuals, residuals);
  let jacobian = derivatives(problem, point, residuals);
  let gradient = gradientOf(jacobian, residuals);
  let radius = 0;
  let damping = 0;
  let evaluations = 1;

  for (let round = 0; evaluations < mostEvaluations; round += 1) {
    const { room, slope } = roomToBounds(point, gradient, low, high);
    if (round === 0) radius = norm(point.map((value, axis) => value / Math.sqrt(room[axis]))) || 1;
    const steepest = Math.max(...gradient.map((value, axis) => Math.abs(value * room[axis])));
    if (steepest < tolerance) break;
    const scale = room.map(Math.sqrt);
    const model: Model = {
      rows: jacobian.map((row) => row.map((value, axis) => value * scale[axis])),
      diagonal: gradient.map((value, axis) => value * slope[axis]),
      gradient: gradient.map((value, axis) => value * scale[axis]),
    };
    const factors = singularValues([...model.rows, ...model.diagonal.map((value, axis) => unit(size, axis, Math.sqrt(value)))]);
    const projected = factors.left.map((column) => dot(column.slice(0, residuals.length), residuals));
    const stepBack = Math.max(0.995, 1 - steepest);

    let reduction = -1;
    let stop = false;
    let next = point;
    let nextResiduals = residuals;
    let nextCost = cost;
    while (reduction <= 0 && evaluations < mostEvaluations) {
      const trust = trustRegionStep(factors, projected, residuals.length, radius, damping);
      damping = trust.damping;
      const chosen = chooseStep(problem, point, model, scale, trust.step, radius, stepBack);
      const step = chosen.step.map((value, axis) => value * scale[axis]);
      next = point.map((value, axis) => strictlyInside(value + step[axis], low[axis], high[axis]));
      nextResiduals = problem.residuals(next);
      evaluations += 1;
      const length = norm(chosen.step);
      if (!nextResiduals.every(Number.isFinite)) {
        radius = 0.25 * length;
        continue;
      }
      nextCost = 0.5 * dot(nextResiduals, nextResiduals);
      reduction = cost - nextCost;
      const ratio = chosen.predicted > 0 ? reduction / chosen.predicted : chosen.predicted === 0 && reduction === 0 ? 1 : 0;
      let nextRadius = radius;
      if (ratio < 0.25) nextRadius = 0.25 * length;
      else if (ratio > 0.75 && length > 0.95 * radius) nextRadius = 2 * radius;
      const settled = reduction < tolerance * cost && ratio > 0.25;
      const standing = norm(step) < tolerance * (tolerance + norm(point));
      stop = settled || standing;
      if (stop) break;
      damping *= radius / nextRadius;
      radius = nextRadius;
    }
    if (reduction > 0) {
      point = next;
      residuals = nextResiduals;
      cost = nextCost;
      jacobian = derivatives(problem, point, residuals);
      gradient = gradientOf(jacobian, residuals);
    }
    if (stop) break;
  }
  return point;
}

/** Forward differences, as SciPy takes them; backward where forward would leave the box. */
function derivatives({ residuals, low, high }: BoundedProblem, point: readonly number[], here: readonly number[]): number[][] {
  const columns = point.map((value, axis) => {
    const wish = Math.sqrt(roundOff) * (value >= 0 ? 1 : -1) * Math.max(1, Math.abs(value));
    const outside = value + wish < low[axis] || value + wish > high[axis];
    const moved = value + (outside ? -wish : wish);
    const there = residuals(point.map((other, place) => (place === axis ? moved : other)));
    return there.map((residual, row) => (residual - here[row]) / (moved - value));
  });
  return here.map((_, row) => columns.map((column) => column[row]));
}

/** The quadratic model in scaled variables. */
interface Model {
  readonly rows: readonly (readonly number[])[];
  readonly diagonal: readonly number[];
  readonly gradient: readonly number[];
}

interface Step {
  /** In scaled variables. */
  readonly step: number[];
  /** What the model promises. */
  readonly predicted: number;
}

/** The step itself where it stays inside; else the best of it cut short, reflected at the bound, and straight downhill. */
function chooseStep(
  { low, high }: BoundedProblem,
  point: readonly number[],
  model: Model,
  scale: readonly number[],
  wanted: readonly number[],
  radius: number,
  stepBack: number,
): Step {
  const real = (scaled: readonly number[]): number[] => scaled.map((value, axis) => value * scale[axis]);
  const whole = real(wanted);
  if (point.every((value, axis) => value + whole[axis] >= low[axis] && value + whole[axis] <= high[axis])) {
    return { step: [...wanted], predicted: -modelAt(model, wanted) };
  }
  const { share, hit } = shareToBound(point, whole, low, high);
  const atBound = wanted.map((value) => value * share);
  const turned = wanted.map((value, axis) => (hit[axis] ? -value : value));
  const onBound = point.map((value, axis) => value + whole[axis] * share);
  const reflected = reflectedStep(model, atBound, turned, shareToBound(onBound, real(turned), low, high).share, share, radius, stepBack);
  const cut = atBound.map((value) => value * stepBack);
  const cutValue = modelAt(model, cut);
  const downhill = model.gradient.map((value) => -value);
  const downhillRoom = shareToBound(point, real(downhill), low, high).share;
  const downhillTrust = radius / norm(downhill);
  const longest = downhillRoom < downhillTrust ? stepBack * downhillRoom : downhillTrust;
  const slide = lowestAlong(model, undefined, downhill, 0, longest);
  if (cutValue < reflected.value && cutValue < slide.value) return { step: cut, predicted: -cutValue };
  if (reflected.value < cutValue && reflected.value < slide.value) return { step: reflected.step, predicted: -reflected.value };
  return { step: downhill.map((value) => value * slide.share), predicted: -slide.value };
}

function reflectedStep(
  model: Model,
  atBound: readonly number[],
  turned: readonly number[],
  room: number,
  share: number,
  radius: number,
  stepBack: number,
): { step: number[]; value: number } {
  const nowhere = { step: [...atBound], value: Number.POSITIVE_INFINITY };
  const trust = shareToRadius(atBound, turned, radius);
  const reach = Math.min(room, trust);
  if (!(reach > 0)) return nowhere;
  const from = ((1 - stepBack) * share) / reach;
  const to = reach === room ? stepBack * room : trust;
  if (!(from <= to)) return nowhere;
  const lowest = lowestAlong(model, atBound, turned, from, to);
  return { step: atBound.map((value, axis) => value + lowest.share * turned[axis]), value: lowest.value };
}

/** Smallest share of a step at which a variable meets a bound, and which do. */
function shareToBound(
  point: readonly number[],
  step: readonly number[],
  low: readonly number[],
  high: readonly number[],
): { share: number; hit: boolean[] } {
  const shares = step.map((value, axis) =>
    value === 0 ? Number.POSITIVE_INFINITY : Math.max((low[axis] - point[axis]) / value, (high[axis] - point[axis]) / value),
  );
  const share = Math.min(...shares);
  return { share, hit: shares.map((value, axis) => value === share && step[axis] !== 0) };
}

/** Share of a direction at which origin + share · direction leaves the trust region. */
function shareToRadius(origin: readonly number[], direction: readonly number[], radius: number): number {
  const a = dot(direction, direction);
  const b = dot(origin, direction);
  const c = Math.min(0, dot(origin, origin) - radius * radius);
  const root = Math.sqrt(b * b - a * c);
  const q = -(b + (b >= 0 ? root : -root));
  return q === 0 ? 0 : Math.max(q / a, c / q);
}

/** Value of the model at a step. */
function modelAt(model: Model, step: readonly number[]): number {
  let curved = 0;
  for (const row of model.rows) curved += dot(row, step) ** 2;
  for (const [axis, value] of step.entries()) curved += model.diagonal[axis] * value * value;
  return 0.5 * curved + dot(model.gradient, step);
}

/** Lowest value of the model on origin + share · direction, from ≤ share ≤ to. */
function lowestAlong(
  model: Model,
  origin: readonly number[] | undefined,
  direction: readonly number[],
  from: number,
  to: number,
): { share: number; value: number } {
  let a = 0;
  let b = dot(model.gradient, direction);
  let c = 0;
  for (const row of model.rows) {
    const along = dot(row, direction);
    a += 0.5 * along * along;
    if (!origin) continue;
    const already = dot(row, origin);
    b += already * along;
    c += 0.5 * already * already;
  }
  for (const [axis, value] of direction.entries()) {
    a += 0.5 * model.diagonal[axis] * value * value;
    if (!origin) continue;
    b += model.diagonal[axis] * origin[axis] * value;
    c += 0.5 * model.diagonal[axis] * origin[axis] ** 2;
  }
  if (origin) c += dot(model.gradient, origin);
  const shares = [from, to];
  const turn = (-0.5 * b) / a;
  if (a !== 0 && from < turn && turn < to) shares.push(turn);
  let best = { share: from, value: Number.POSITIVE_INFINITY };
  for (const share of shares) {
    const value = share * (a * share + b) + c;
    if (value < best.value) best = { share, value };
  }
  return best;
}

interface Factors {
  /** n columns of U, of length m. */
  readonly left: number[][];
  /** Falling. */
  readonly values: number[];
  /** n columns of V. */
  readonly right: number[][];
}

/** Singular values by one-sided Jacobi rotations. */
function singularValues(rows: readonly (readonly number[])[]): Factors {
  const size = rows[0].length;
  const columns = Array.from({ length: size }, (_, axis) => rows.map((row) => row[axis]));
  const right = Array.from({ length: size }, (_, axis) => unit(size, axis, 1));
  for (let sweep = 0; sweep < 60; sweep += 1) {
    let turned = false;
    for (let first = 0; first < size; first += 1) {
      for (let second = first + 1; second < size; second += 1) {
        const alpha = dot(columns[first], columns[first]);
        const beta = dot(columns[second], columns[second]);
        const gamma = dot(columns[first], columns[second]);
        if (Math.abs(gamma) <= 1e-16 * Math.sqrt(alpha * beta)) continue;
        turned = true;
        const zeta = (beta - alpha) / (2 * gamma);
        const tangent = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const cosine = 1 / Math.sqrt(1 + tangent * tangent);
        rotate(columns, first, second, cosine, cosine * tangent);
        rotate(right, first, second, cosine, cosine * tangent);
      }
    }
    if (!turned) break;
  }
  const lengths = columns.map(norm);
  const order = lengths.map((_, axis) => axis).sort((a, b) => lengths[b] - lengths[a]);
  return {
    left: order.map((axis) => columns[axis].map((value) => (lengths[axis] > 0 ? value / lengths[axis] : 0))),
    values: order.map((axis) => lengths[axis]),
    right: order.map((axis) => right[axis]),
  };
}

function rotate(columns: number[][], first: number, second: number, cosine: number, sine: number): void {
  const a = columns[first];
  const b = columns[second];
  for (let row = 0; row < a.length; row += 1) {
    const value = a[row];
    a[row] = cosine * value - sine * b[row];
    b[row] = sine * value + cosine * b[row];
  }
}

/** Moré's step: Gauss–Newton where it stays in the trust region, else damped until its length is the radius. */
function trustRegionStep(
  factors: Factors,
  projected: readonly number[],
  residualCount: number,
  radius: number,
  firstDamping: number,
): { step: number[]; damping: number } {
  const { values } = factors;
  const size = values.length;
  const combine = (weights: readonly number[]): number[] =>
    Array.from({ length: size }, (_, axis) => -weights.reduce((sum, weight, place) => sum + weight * factors.right[place][axis], 0));
  const fullRank = values[size - 1] > roundOff * residualCount * values[0];
  if (fullRank) {
    const step = combine(projected.map((value, place) => value / values[place]));
    if (norm(step) <= radius) return { step, damping: 0 };
  }
  const weighted = projected.map((value, place) => value * values[place]);
  const excess = (damping: number): { phi: number; slope: number } => {
    const below = values.map((value) => value * value + damping);
    const length = norm(weighted.map((value, place) => value / below[place]));
    return { phi: length - radius, slope: -weighted.reduce((sum, value, place) => sum + value ** 2 / below[place] ** 3, 0) / length };
  };
  let upper = norm(weighted) / radius;
  let lower = 0;
  if (fullRank) {
    const { phi, slope } = excess(0);
    lower = -phi / slope;
  }
  const between = () => Math.max(0.001 * upper, Math.sqrt(lower * upper));
  let damping = !fullRank && firstDamping === 0 ? between() : firstDamping;
  for (let round = 0; round < 10; round += 1) {
    if (damping < lower || damping > upper) damping = between();
    const { phi, slope } = excess(damping);
    if (phi < 0) upper = damping;
    const ratio = phi / slope;
    lower = Math.max(lower, damping - ratio);
    damping -= ((phi + radius) * ratio) / radius;
    if (Math.abs(phi) < 0.01 * radius) break;
  }
  const step = combine(weighted.map((value, place) => value / (values[place] ** 2 + damping)));
  const length = norm(step);
  return { step: step.map((value) => (value * radius) / length), damping };
}

/** Distance to the bound that the gradient points away from, and how it changes with the variable. */
function roomToBounds(
  point: readonly number[],
  gradient: readonly number[],
  low: readonly number[],
  high: readonly number[],
): { room: number[]; slope: number[] } {
  const room = point.map((value, axis) => (gradient[axis] < 0 ? high[axis] - value : gradient[axis] > 0 ? value - low[axis] : 1));
  const slope = gradient.map((value) => (value < 0 ? -1 : value > 0 ? 1 : 0));
  return { room, slope };
}

/** At least a relative distance from the bounds. */
function insideBy(value: number, low: number, high: number, share: number): number {
  if (value - low <= share * Math.max(1, Math.abs(low))) return low + share * Math.max(1, Math.abs(low));
  if (high - value <= share * Math.max(1, Math.abs(high))) return high - share * Math.max(1, Math.abs(high));
  return value;
}

/** The nearest double inside, for a value on or past a bound. */
function strictlyInside(value: number, low: number, high: number): number {
  if (value <= low) return low + Math.max(Number.MIN_VALUE, Math.abs(low) * roundOff);
  if (value >= high) return high - Math.max(Number.MIN_VALUE, Math.abs(high) * roundOff);
  return value;
}

function gradientOf(jacobian: readonly (readonly number[])[], residuals: readonly number[]): number[] {
  return jacobian[0].map((_, axis) => jacobian.reduce((sum, row, place) => sum + row[axis] * residuals[place], 0));
}

function unit(size: number, axis: number, value: number): number[] {
  return Array.from({ length: size }, (_, place) => (place === axis ? value : 0));
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let place = 0; place < a.length; place += 1) sum += a[place] * b[place];
  return sum;
}

function norm(values: readonly number[]): number {
  return Math.sqrt(dot(values, values));
}
