import type { ViewTemplates } from '../templates.ts';

const radiusUm = 40;
const upsamplingUm = 5;
const sigmaMs = 0.25;
const marginUm = 50;
const keptPercentile = 95;
const depthsUm = [0, 30, 60, 90, 120];
const decayUm = 2.5;

/**
 * SpikeInterface's `compute_grid_convolution` with its default arguments: a unit lies at the mean of the grid points around
 * its main channel, weighted by how well a fake template from there (a Gaussian in time, exponential in distance, at five
 * depths) fits, the best 5 % counting. Gives x, y, z (µm) of one unit; weights are kept in single precision as there.
 */
export function gridConvolution(
  positionsUm: Float64Array,
  templates: Pick<ViewTemplates, 'average' | 'sampleCount' | 'channelCount' | 'beforeCount'>,
  samplingFrequencyHz: number,
): (unit: number, mainChannel: number) => number[] {
  const { channelCount, sampleCount, beforeCount, average } = templates;
  const points = gridPoints(positionsUm);
  const pointCount = points.length / 2;
  const distances = new Float64Array(channelCount * pointCount);
  for (let channel = 0; channel < channelCount; channel += 1) {
    for (let point = 0; point < pointCount; point += 1) {
      const across = positionsUm[2 * channel] - points[2 * point];
      const along = positionsUm[2 * channel + 1] - points[2 * point + 1];
      distances[channel * pointCount + point] = Math.sqrt(across * across + along * along);
    }
  }
  const weights = depthsUm.map((depth) => weightsAt(depth, distances, channelCount, pointCount));
  const prototype = Float64Array.from({ length: sampleCount }, (_, sample) => {
    const ms = ((sample - beforeCount) * 1000) / samplingFrequencyHz;
    return -Math.exp(-(ms * ms) / (2 * sigmaMs * sigmaMs));
  });

  return (unit, mainChannel) => {
    const near: number[] = [];
    for (let point = 0; point < pointCount; point += 1) if (distances[mainChannel * pointCount + point] <= radiusUm) near.push(point);
    const fits = Float64Array.from({ length: channelCount }, (_, channel) => {
      let sum = 0;
      for (let sample = 0; sample < sampleCount; sample += 1) {
        sum += average[(unit * sampleCount + sample) * channelCount + channel] * prototype[sample];
      }
      return sum;
    });
    const products = weights.map((weight) =>
      Float32Array.from(near, (point) => {
        let sum = 0;
        for (let channel = 0; channel < channelCount; channel += 1) sum += fits[channel] * weight[channel * pointCount + point];
        return sum;
      }),
    );
    const kept = products.flatMap((row) => Array.from(row).filter((product) => !(product < 0)));
    const threshold = percentile(kept, keptPercentile);
    const location = [0, 0, 0];
    let total = 0;
    for (const [level, row] of products.entries()) {
      for (const [at, product] of row.entries()) {
        if (product < 0 || product < threshold) continue;
        location[0] += product * points[2 * near[at]];
        location[1] += product * points[2 * near[at] + 1];
        location[2] += product * depthsUm[level];
        total += product;
      }
    }
    return location.map((sum) => (Number.isFinite(sum / total) ? sum / total : 0));
  };
}

/** x, y of every grid point, from the margin below the lowest contact to the one above the highest. */
function gridPoints(positionsUm: Float64Array): number[] {
  const axes = [0, 1].map((axis) => {
    const values = Array.from({ length: positionsUm.length / 2 }, (_, contact) => positionsUm[2 * contact + axis]);
    const low = Math.min(...values) - marginUm;
    const count = Math.ceil((Math.max(...values) + marginUm + upsamplingUm / 10 - low) / upsamplingUm);
    return Array.from({ length: count }, (_, step) => low + step * upsamplingUm);
  });
  return axes[1].flatMap((y) => axes[0].flatMap((x) => [x, y]));
}

/** (C, points): exponential in the distance, normalised over the channels, small ones cut off, normalised again. */
function weightsAt(depthUm: number, distances: Float64Array, channelCount: number, pointCount: number): Float32Array {
  const weights = new Float32Array(distances.length);
  for (let cell = 0; cell < weights.length; cell += 1) {
    weights[cell] = Math.exp(-Math.sqrt(distances[cell] * distances[cell] + depthUm * depthUm) / decayUm);
  }
  normalise(weights, channelCount, pointCount);
  const least = 0.5 / Math.sqrt(channelCount);
  for (let cell = 0; cell < weights.length; cell += 1) if (weights[cell] < least) weights[cell] = 0;
  normalise(weights, channelCount, pointCount);
  return weights;
}

function normalise(weights: Float32Array, channelCount: number, pointCount: number): void {
  for (let point = 0; point < pointCount; point += 1) {
    let squares = 0;
    for (let channel = 0; channel < channelCount; channel += 1) {
      // Single precision throughout: what underflows there is no weight at all.
      squares = Math.fround(squares + Math.fround(weights[channel * pointCount + point] ** 2));
    }
    const norm = Math.fround(Math.sqrt(squares));
    for (let channel = 0; channel < channelCount; channel += 1) {
      const cell = channel * pointCount + point;
      const value = weights[cell] / norm;
      weights[cell] = Number.isFinite(value) ? value : 0;
    }
  }
}

/** Linear interpolation between order statistics, as numpy's `nanpercentile`; 0 where there is no value. */
function percentile(values: number[], percent: number): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  const place = ((sorted.length - 1) * percent) / 100;
  const low = Math.floor(place);
  const high = Math.min(sorted.length - 1, low + 1);
  return Math.fround(sorted[low] + (sorted[high] - sorted[low]) * (place - low));
}
