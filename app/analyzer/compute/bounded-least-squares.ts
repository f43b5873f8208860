/** A point between its bounds. */
export interface BoundedProblem {
  /** What is left at a point, one value per measurement, in a new array. */
  residuals(point: readonly number[]): number[];
  readonly start: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

const tolerance = 1e-8;
const difference = 2 ** -26;
const epsilon = 2 ** -52;

type Vector = number[];
type Matrix = readonly Vector[];

/**
 * Smallest sum of squares within finite bounds by the trust region reflective method (Branch, Coleman & Li 1999,
 * SIAM J. Sci. Comput. 21, 1–23), with the choices, tolerances and limit (100 evaluations per unknown) of SciPy's
 * `least_squares`: where that stops early, this stops at the same place. `converged` is false where the limit ended it. Throws `RangeError` where
 * nothing is finite.
 */
export function boundedLeastSquares(problem: BoundedProblem): { readonly point: Vector; readonly converged: boolean } {
  const { low, high } = problem;
  const evaluationLimit = 100 * problem.start.length;
  let point = inside(problem.start, low, high, 1e-10);
  let rest = problem.residuals(point);
  if (!rest.every(Number.isFinite)) throw new RangeError('the residuals at the start are not finite');
  let evaluations = 1;
  let cost = halfSquare(rest);
  let slopes = jacobian(problem, point, rest);
  let gradient = dots(slopes, rest);
  let radius = firstRadius(problem.start, point, gradient, low, high);
  let damping = 0;

  for (;;) {
    const { room, slope } = distanceToBounds(point, gradient, low, high);
    const optimality = largestSize(times(gradient, room));
    if (optimality < tolerance || evaluations >= evaluationLimit) return { point, converged: optimality < tolerance };
    const scale = room.map(Math.sqrt);
    const model: Model = {
      slopes: slopes.map((column, axis) => scaled(column, scale[axis])),
      gradient: times(gradient, scale),
      curvature: times(gradient, slope),
      scale,
    };
    const decomposition = decompose(model, rest);
    const reach = Math.max(0.995, 1 - optimality);
    let gain = -1;
    let arrived = false;
    while (gain <= 0 && evaluations < evaluationLimit) {
      const bounded = stepWithin(decomposition, rest.length, radius, damping);
      damping = bounded.damping;
      const chosen = chooseStep(model, point, bounded.step, radius, low, high, reach);
      const next = inside(add(point, chosen.step), low, high, 0);
      const nextRest = problem.residuals(next);
      evaluations += 1;
      const scaledLength = length(chosen.scaled);
      if (!nextRest.every(Number.isFinite)) {
        radius = 0.25 * scaledLength;
        continue;
      }
      const nextCost = halfSquare(nextRest);
      gain = cost - nextCost;
      const ratio = chosen.promised > 0 ? gain / chosen.promised : chosen.promised === 0 && gain === 0 ? 1 : 0;
      const nextRadius = ratio < 0.25 ? 0.25 * scaledLength : ratio > 0.75 && scaledLength > 0.95 * radius ? 2 * radius : radius;
      const stepLength = length(chosen.step);
      arrived = (gain < tolerance * cost && ratio > 0.25) || stepLength < tolerance * (tolerance + length(point));
      if (gain > 0) {
        point = next;
        rest = nextRest;
        cost = nextCost;
      }
      if (arrived) break;
      damping *= radius / nextRadius;
      radius = nextRadius;
    }
    if (arrived) return { point, converged: true };
    if (gain > 0) {
      slopes = jacobian(problem, point, rest);
      gradient = dots(slopes, rest);
    }
  }
}

/** The problem around a point, in scaled unknowns: columns of the Jacobian, gradient, and the curvature the bounds add. */
interface Model {
  readonly slopes: Matrix;
  readonly gradient: Vector;
  readonly curvature: Vector;
  readonly scale: Vector;
}

interface ChosenStep {
  readonly step: Vector;
  readonly scaled: Vector;
  /** How much smaller the model says the sum gets. */
  readonly promised: number;
}

/** The best of three: to the bound, reflected from it, or straight down. */
function chooseStep(
  model: Model,
  point: Vector,
  wanted: Vector,
  radius: number,
  low: readonly number[],
  high: readonly number[],
  reach: number,
): ChosenStep {
  const unscaled = (step: Vector) => times(step, model.scale);
  const choice = (step: Vector, value: number): ChosenStep => ({ step: unscaled(step), scaled: step, promised: -value });
  const full = unscaled(wanted);
  const target = add(point, full);
  if (target.every((value, axis) => value >= low[axis] && value <= high[axis])) return choice(wanted, modelValue(model, wanted));

  const toBound = stepToBound(point, full, low, high);
  const hit = scaled(wanted, toBound.share);
  const mirrored = wanted.map((value, axis) => (toBound.hits[axis] ? -value : value));
  const onBound = add(point, scaled(full, toBound.share));
  const mirroredReach = stepToBound(onBound, unscaled(mirrored), low, high).share;
  const toRadius = shareToRadius(hit, mirrored, radius);
  const farthest = Math.min(mirroredReach, toRadius);
  let reflected: { readonly scaled: Vector; readonly value: number } | undefined;
  if (farthest > 0) {
    const least = ((1 - reach) * toBound.share) / farthest;
    const most = farthest === mirroredReach ? reach * mirroredReach : toRadius;
    if (least <= most) {
      const best = bestAlong(model, mirrored, least, most, hit);
      reflected = {
        scaled: add(hit, scaled(mirrored, best.share)),
        value: best.value,
      };
    }
  }
  const inner = scaled(hit, reach);
  const innerValue = modelValue(model, inner);

  const down = model.gradient.map((value) => -value);
  const downReach = radius / length(down);
  const downBound = stepToBound(point, unscaled(down), low, high).share;
  const steepest = bestAlong(model, down, 0, downBound < downReach ? reach * downBound : downReach);

  const reflectedValue = reflected?.value ?? Number.POSITIVE_INFINITY;
  if (innerValue < reflectedValue && innerValue < steepest.value) return choice(inner, innerValue);
  if (reflected !== undefined && reflectedValue < innerValue && reflectedValue < steepest.value)
    return choice(reflected.scaled, reflectedValue);
  return choice(scaled(down, steepest.share), steepest.value);
}

function modelValue(model: Model, step: Vector): number {
  const along = product(model.slopes, step);
  return 0.5 * (dot(along, along) + dot(times(step, model.curvature), step)) + dot(step, model.gradient);
}

/** Where between two shares of a direction the model is smallest, from a first step on. */
function bestAlong(model: Model, direction: Vector, least: number, most: number, from?: Vector): { share: number; value: number } {
  const along = product(model.slopes, direction);
  const bent = times(direction, model.curvature);
  const square = 0.5 * (dot(along, along) + dot(bent, direction));
  let linear = dot(model.gradient, direction);
  let constant = 0;
  if (from !== undefined) {
    const before = product(model.slopes, from);
    const bentBefore = times(from, model.curvature);
    linear += dot(before, along) + dot(bentBefore, direction);
    constant = 0.5 * (dot(before, before) + dot(bentBefore, from)) + dot(model.gradient, from);
  }
  const shares = [least, most];
  const extremum = (-0.5 * linear) / square;
  if (square !== 0 && extremum > least && extremum < most) shares.push(extremum);
  return shares
    .map((share) => ({ share, value: share * (square * share + linear) + constant }))
    .reduce((best, other) => (other.value < best.value ? other : best));
}

function stepToBound(point: Vector, step: Vector, low: readonly number[], high: readonly number[]): { share: number; hits: boolean[] } {
  const shares = step.map((value, axis) =>
    value === 0 ? Number.POSITIVE_INFINITY : Math.max((low[axis] - point[axis]) / value, (high[axis] - point[axis]) / value),
  );
  const share = Math.min(...shares);
  return { share, hits: shares.map((other, axis) => other === share && step[axis] !== 0) };
}

/** The positive share of `direction` that leads from `from` to the edge of the trust region. */
function shareToRadius(from: Vector, direction: Vector, radius: number): number {
  const square = dot(direction, direction);
  if (square === 0) return 0;
  const linear = dot(from, direction);
  const constant = Math.min(0, dot(from, from) - radius * radius);
  const root = Math.sqrt(linear * linear - square * constant);
  const combined = -(linear + (linear >= 0 ? root : -root));
  return Math.max(combined / square, combined === 0 ? 0 : constant / combined);
}

/** Singular values (largest first), right vectors, and left vectors times the residuals. */
interface Decomposition {
  readonly values: Vector;
  readonly vectors: Matrix;
  readonly projected: Vector;
}

/** One-sided Jacobi on the Jacobian with the square roots of the bounds' curvature below it. */
function decompose(model: Model, rest: readonly number[]): Decomposition {
  const count = model.slopes.length;
  const columns = model.slopes.map((column, axis) => {
    const below = new Array<number>(count).fill(0);
    below[axis] = Math.sqrt(model.curvature[axis]);
    return column.concat(below);
  });
  const vectors = columns.map((_, axis) => columns.map((_, other) => (other === axis ? 1 : 0)));
  for (let sweep = 0; sweep < 60; sweep += 1) {
    let turned = false;
    for (let first = 0; first < count - 1; first += 1) {
      for (let second = first + 1; second < count; second += 1) {
        const cross = dot(columns[first], columns[second]);
        const one = dot(columns[first], columns[first]);
        const other = dot(columns[second], columns[second]);
        if (!(Math.abs(cross) > 1e-16 * Math.sqrt(one * other))) continue;
        turned = true;
        const ratio = (other - one) / (2 * cross);
        const tangent = Math.sign(ratio || 1) / (Math.abs(ratio) + Math.sqrt(1 + ratio * ratio));
        const cosine = 1 / Math.sqrt(1 + tangent * tangent);
        turn(columns[first], columns[second], cosine, cosine * tangent);
        turn(vectors[first], vectors[second], cosine, cosine * tangent);
      }
    }
    if (!turned) break;
  }
  const order = columns.map((column, axis) => ({ value: length(column), axis })).sort((a, b) => b.value - a.value);
  return {
    values: order.map(({ value }) => value),
    vectors: order.map(({ axis }) => vectors[axis]),
    projected: order.map(({ value, axis }) => (value > 0 ? dot(columns[axis], rest) / value : 0)),
  };
}

function turn(first: Vector, second: Vector, cosine: number, sine: number): void {
  for (let at = 0; at < first.length; at += 1) {
    const value = first[at];
    first[at] = cosine * value - sine * second[at];
    second[at] = sine * value + cosine * second[at];
  }
}

/** The Gauss–Newton step where it is short enough, else the damped one that just reaches the edge of the trust region. */
function stepWithin(
  decomposition: Decomposition,
  restCount: number,
  radius: number,
  firstDamping: number,
): { step: Vector; damping: number } {
  const { values, vectors, projected } = decomposition;
  const last = values.length - 1;
  const weighted = times(values, projected);
  const combine = (shares: Vector) => scaled(product(vectors, shares), -1);
  const fullRank = restCount >= values.length && values[last] > epsilon * restCount * values[0];
  if (fullRank) {
    const step = combine(quotients(projected, values));
    if (length(step) <= radius) return { step, damping: 0 };
  }
  const excess = (damping: number) => {
    const size = length(dampedShares(weighted, values, damping));
    let change = 0;
    for (let at = 0; at < weighted.length; at += 1) change += weighted[at] ** 2 / (values[at] ** 2 + damping) ** 3;
    return { over: size - radius, change: -change / size };
  };
  let upper = length(weighted) / radius;
  const atZero = fullRank ? excess(0) : undefined;
  let lower = atZero === undefined ? 0 : -atZero.over / atZero.change;
  const between = () => Math.max(0.001 * upper, Math.sqrt(lower * upper));
  let damping = !fullRank && firstDamping === 0 ? between() : firstDamping;
  for (let round = 0; round < 10; round += 1) {
    if (damping < lower || damping > upper) damping = between();
    const { over, change } = excess(damping);
    if (over < 0) upper = damping;
    const ratio = over / change;
    lower = Math.max(lower, damping - ratio);
    damping -= ((over + radius) * ratio) / radius;
    if (Math.abs(over) < 0.01 * radius) break;
  }
  const step = combine(dampedShares(weighted, values, damping));
  return { step: scaled(step, radius / length(step)), damping };
}

function quotients(first: Vector, second: Vector): Vector {
  const result = first.slice();
  for (let at = 0; at < result.length; at += 1) result[at] /= second[at];
  return result;
}

function dampedShares(weighted: Vector, values: Vector, damping: number): Vector {
  const shares = weighted.slice();
  for (let at = 0; at < shares.length; at += 1) shares[at] /= values[at] * values[at] + damping;
  return shares;
}

/** Columns of forward differences, turned backward at an upper bound. */
function jacobian(problem: BoundedProblem, point: Vector, rest: readonly number[]): Matrix {
  return point.map((value, axis) => {
    const wanted = difference * (value >= 0 ? 1 : -1) * Math.max(1, Math.abs(value));
    const [below, above] = [value - problem.low[axis], problem.high[axis] - value];
    const leaves = value + wanted < problem.low[axis] || value + wanted > problem.high[axis];
    const fits = Math.abs(wanted) <= Math.max(below, above);
    const step = fits ? (leaves ? -wanted : wanted) : above >= below ? above : -below;
    const moved = point.with(axis, value + step);
    const width = moved[axis] - value;
    const column = problem.residuals(moved);
    for (let at = 0; at < column.length; at += 1) column[at] = (column[at] - rest[at]) / width;
    return column;
  });
}

function firstRadius(start: readonly number[], point: Vector, gradient: Vector, low: readonly number[], high: readonly number[]): number {
  const { room } = distanceToBounds(point, gradient, low, high);
  const radius = length(inside(start, low, high, 1e-10).map((value, axis) => value / Math.sqrt(room[axis])));
  return radius === 0 ? 1 : radius;
}

/** Coleman and Li's scaling: how far the bound is that the descent heads for, and how that distance changes. */
function distanceToBounds(
  point: Vector,
  gradient: Vector,
  low: readonly number[],
  high: readonly number[],
): { room: Vector; slope: Vector } {
  return {
    room: gradient.map((value, axis) => (value < 0 ? high[axis] - point[axis] : value > 0 ? point[axis] - low[axis] : 1)),
    slope: gradient.map((value) => (value < 0 ? -1 : value > 0 ? 1 : 0)),
  };
}

/** Moves a point off the bounds: by `share` of them, or by the smallest step there is. */
function inside(point: readonly number[], low: readonly number[], high: readonly number[], share: number): Vector {
  return point.map((value, axis) => {
    const [least, most] = [low[axis], high[axis]];
    let moved = value;
    const [below, above] = [value - least, most - value];
    if (share === 0) {
      if (below <= 0) moved = neighbour(least, 1);
      if (above <= 0) moved = neighbour(most, -1);
    } else {
      const margins = [share * Math.max(1, Math.abs(least)), share * Math.max(1, Math.abs(most))];
      if (below <= Math.min(above, margins[0])) moved = least + margins[0];
      else if (above <= Math.min(below, margins[1])) moved = most - margins[1];
    }
    return moved < least || moved > most ? 0.5 * (least + most) : moved;
  });
}

const bits = new BigInt64Array(1);
const asNumber = new Float64Array(bits.buffer);

/** The next double above (1) or below (−1). */
function neighbour(value: number, direction: 1 | -1): number {
  if (value === 0) return direction * Number.MIN_VALUE;
  asNumber[0] = value;
  bits[0] += BigInt(direction) * (value > 0 ? 1n : -1n);
  return asNumber[0];
}

function product(columns: Matrix, vector: Vector): Vector {
  const sums = columns[0].slice();
  for (let row = 0; row < sums.length; row += 1) {
    let sum = 0;
    for (let at = 0; at < columns.length; at += 1) sum += columns[at][row] * vector[at];
    sums[row] = sum;
  }
  return sums;
}

/** Element by element. Written out, here and below: these run thousands of times, and functions of one element make much garbage. */
function times(first: Vector, second: Vector): Vector {
  const result = first.slice();
  for (let at = 0; at < result.length; at += 1) result[at] *= second[at];
  return result;
}

function scaled(vector: Vector, factor: number): Vector {
  const result = vector.slice();
  for (let at = 0; at < result.length; at += 1) result[at] *= factor;
  return result;
}

function dot(first: readonly number[], second: readonly number[]): number {
  let sum = 0;
  const count = Math.min(first.length, second.length);
  for (let at = 0; at < count; at += 1) sum += first[at] * second[at];
  return sum;
}

function length(vector: readonly number[]): number {
  return Math.sqrt(dot(vector, vector));
}

function dots(columns: Matrix, vector: Vector): Vector {
  const result = vector.slice(0, columns.length);
  for (let at = 0; at < columns.length; at += 1) result[at] = dot(columns[at], vector);
  return result;
}

function largestSize(vector: Vector): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < vector.length; at += 1) most = Math.max(most, Math.abs(vector[at]));
  return most;
}

function halfSquare(vector: readonly number[]): number {
  return 0.5 * dot(vector, vector);
}

function add(first: Vector, second: Vector): Vector {
  const sum = first.slice();
  for (let axis = 0; axis < sum.length; axis += 1) sum[axis] += second[axis];
  return sum;
}
