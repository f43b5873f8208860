import { boundedLeastSquares } from './bounded-least-squares.ts';

const farthestUm = 1000;
const firstDepthUm = 20;

/**
 * x, y and distance from the probe (µm) of the point source whose potential, falling with 1/distance, fits the peak-to-peak
 * heights at contact positions best: SpikeInterface's monopolar triangulation (`optimizer="least_square"`), with its start,
 * bounds and stopping. Not-a-number where there is nothing to fit.
 */
export function pointSource(heights: readonly number[], positions: readonly (readonly [number, number])[]): [number, number, number] {
  const total = heights.reduce((sum, height) => sum + height, 0);
  if (!(total > 0) || !heights.every(Number.isFinite)) return [Number.NaN, Number.NaN, Number.NaN];
  const strongest = heights.indexOf(Math.max(...heights));
  const centre = [0, 1].map((axis) => heights.reduce((sum, height, at) => sum + height * positions[at][axis], 0) / total);
  const reach = Math.hypot(centre[0] - positions[strongest][0], centre[1] - positions[strongest][1], firstDepthUm);
  // SpikeInterface keeps the start, and the bounds made from it, in single precision.
  const start = [centre[0], centre[1], firstDepthUm, reach * heights[strongest]].map(Math.fround);
  const aside = (value: number) => Math.fround(value);
  const { point: found } = boundedLeastSquares({
    start,
    low: [aside(start[0] - farthestUm), aside(start[1] - farthestUm), 1, 0],
    high: [aside(start[0] + farthestUm), aside(start[1] + farthestUm), 10 * farthestUm, heights[strongest] * farthestUm],
    residuals: (point) => {
      const atX = point[0];
      const atY = point[1];
      const atZ = point[2];
      const strength = point[3];
      const rest = heights.slice();
      for (let at = 0; at < rest.length; at += 1) {
        const position = positions[at];
        const across = position[0] - atX;
        const along = position[1] - atY;
        rest[at] -= strength / Math.sqrt(across * across + along * along + atZ * atZ);
      }
      return rest;
    },
  });
  const [x, y, z] = found;
  return [x, y, z];
}
