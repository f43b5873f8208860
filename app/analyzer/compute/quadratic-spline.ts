/**
 * Value at `x` of the quadratic spline through points with rising places (three or more): knots half-way between the
 * places, the first and last half-way points left out, as SciPy's `interp1d(kind="quadratic")`. NaN outside.
 */
export function quadraticSplineAt(places: readonly number[], values: readonly number[], x: number): number {
  const count = places.length;
  if (count < 3 || !(x >= places[0] && x <= places[count - 1])) return Number.NaN;
  const middles: number[] = [];
  for (let place = 1; place < count - 2; place += 1) middles.push((places[place] + places[place + 1]) / 2);
  const knots = [places[0], places[0], places[0], ...middles, places[count - 1], places[count - 1], places[count - 1]];
  const rows = places.map((place) => basis(knots, count, place));
  const weights = solve(rows, [...values]);
  return basis(knots, count, x).reduce((sum, value, spline) => sum + value * weights[spline], 0);
}

function basis(knots: readonly number[], count: number, x: number): number[] {
  let degreeValues: number[] = Array.from({ length: count + 2 }, (_, spline) => {
    const inside = x >= knots[spline] && x < knots[spline + 1];
    const atEnd = x === knots[knots.length - 1] && knots[spline] < x && knots[spline + 1] === x;
    return inside || atEnd ? 1 : 0;
  });
  for (let degree = 1; degree <= 2; degree += 1) {
    const next = new Array<number>(count + 2 - degree).fill(0);
    for (let spline = 0; spline < next.length; spline += 1) {
      const left = knots[spline + degree] - knots[spline];
      const right = knots[spline + degree + 1] - knots[spline + 1];
      if (left > 0) next[spline] += ((x - knots[spline]) / left) * degreeValues[spline];
      if (right > 0) next[spline] += ((knots[spline + degree + 1] - x) / right) * degreeValues[spline + 1];
    }
    degreeValues = next;
  }
  return degreeValues;
}

function solve(rows: number[][], right: number[]): number[] {
  const size = right.length;
  for (let pivot = 0; pivot < size; pivot += 1) {
    let best = pivot;
    for (let row = pivot + 1; row < size; row += 1) if (Math.abs(rows[row][pivot]) > Math.abs(rows[best][pivot])) best = row;
    [rows[pivot], rows[best]] = [rows[best], rows[pivot]];
    [right[pivot], right[best]] = [right[best], right[pivot]];
    for (let row = pivot + 1; row < size; row += 1) {
      const factor = rows[row][pivot] / rows[pivot][pivot];
      if (factor === 0) continue;
      for (let column = pivot; column < size; column += 1) rows[row][column] -= factor * rows[pivot][column];
      right[row] -= factor * right[pivot];
    }
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    for (let column = row + 1; column < size; column += 1) right[row] -= rows[row][column] * right[column];
    right[row] /= rows[row][row];
  }
  return right;
}
