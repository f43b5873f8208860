import { spikeCountOf, trainOf, type UnitTrains } from './unit-trains.ts';

/** Rounds halves to the even neighbour, as Python's `round`. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Pairs of spikes of one rising train that are at most `samples` apart, not only neighbours. */
export function closePairs(train: Float64Array, samples: number): number {
  let count = 0;
  let first = 0;
  for (let last = 0; last < train.length; last += 1) {
    while (train[last] - train[first] > samples) first += 1;
    count += last - first;
  }
  return count;
}

/** Pairs (one spike of each rising train) at most `samples` apart, either side; 0 for a negative window. */
export function coincidences(a: Float64Array, b: Float64Array, samples: number): number {
  if (!(samples >= 0)) return 0;
  let count = 0;
  let low = 0;
  let high = 0;
  for (const time of a) {
    while (low < b.length && b[low] < time - samples) low += 1;
    if (high < low) high = low;
    while (high < b.length && b[high] <= time + samples) high += 1;
    count += high - low;
  }
  return count;
}

export interface RefractoryParams {
  readonly refractoryPeriodMs: number;
  readonly censoredPeriodMs: number;
}

/** Refractory and censored period in samples, rounded as SpikeInterface's `compute_refrac_period_violations`. */
export function refractorySamples(params: RefractoryParams, samplingFrequencyHz: number): { refractory: number; censored: number } {
  return {
    refractory: roundHalfEven(params.refractoryPeriodMs * samplingFrequencyHz * 1e-3),
    censored: roundHalfEven(params.censoredPeriodMs * samplingFrequencyHz * 1e-3),
  };
}

/**
 * Contamination from refractory violations (Llobet et al. 2022, as SpikeInterface's `compute_refrac_period_violations`):
 * C = 1 − √D with D = 1 − V·(L − 2·N·t_c) / (N²·(t_r − t_c)), 1 where D < 0, NaN for fewer than two spikes.
 */
export function contaminationFrom(
  violations: number,
  spikeCount: number,
  totalSamples: number,
  refractory: number,
  censored: number,
): number {
  if (spikeCount <= 1) return Number.NaN;
  const rest = 1 - (violations * (totalSamples - 2 * spikeCount * censored)) / (spikeCount * spikeCount * (refractory - censored));
  return rest < 0 ? 1 : 1 - Math.sqrt(rest);
}

export interface UnitRefractoriness {
  /** Spike pairs closer than the refractory period, summed over segments. */
  readonly violations: number;
  /** 0 to 1; NaN for fewer than two spikes. */
  readonly contamination: number;
  readonly spikeCount: number;
}

/** Violations and contamination of one unit. */
export function unitRefractoriness(
  trains: UnitTrains,
  unit: number,
  params: RefractoryParams,
  samplingFrequencyHz: number,
): UnitRefractoriness {
  const { refractory, censored } = refractorySamples(params, samplingFrequencyHz);
  let violations = 0;
  for (let segment = 0; segment < trains.segmentCount; segment += 1) violations += closePairs(trainOf(trains, unit, segment), refractory);
  const spikeCount = spikeCountOf(trains, unit);
  return { violations, spikeCount, contamination: contaminationFrom(violations, spikeCount, trains.totalSamples, refractory, censored) };
}

/**
 * Violations and contamination of units joined into one, where a spike at most int(censored/1000·fs) samples after the
 * previous one of another unit counts as a duplicate and is left out, as SpikeInterface's `MergeUnitsSorting`.
 */
export function mergedRefractoriness(
  trains: UnitTrains,
  units: readonly number[],
  params: RefractoryParams,
  samplingFrequencyHz: number,
): UnitRefractoriness {
  const { refractory, censored } = refractorySamples(params, samplingFrequencyHz);
  const duplicate = Math.trunc((params.censoredPeriodMs / 1000) * samplingFrequencyHz);
  let violations = 0;
  let spikeCount = 0;
  for (let segment = 0; segment < trains.segmentCount; segment += 1) {
    const kept = mergedTrain(
      units.map((unit) => trainOf(trains, unit, segment)),
      duplicate,
    );
    spikeCount += kept.length;
    violations += closePairs(kept, refractory);
  }
  return { violations, spikeCount, contamination: contaminationFrom(violations, spikeCount, trains.totalSamples, refractory, censored) };
}

/**
 * Rising trains joined into one; ties keep the order of the trains. A spike that follows one of another train by at most
 * `duplicateSamples` is left out, measured from the previous spike whether that one was kept or not.
 */
export function mergedTrain(parts: readonly Float64Array[], duplicateSamples: number): Float64Array {
  if (parts.length === 2) return mergedPair(parts[0], parts[1], duplicateSamples);
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const joined = new Float64Array(total);
  const next = new Int32Array(parts.length);
  let kept = 0;
  let previous = Number.NEGATIVE_INFINITY;
  let previousPart = -1;
  for (let step = 0; step < total; step += 1) {
    let chosen = -1;
    let time = Number.POSITIVE_INFINITY;
    for (let part = 0; part < parts.length; part += 1) {
      if (next[part] < parts[part].length && parts[part][next[part]] < time) {
        chosen = part;
        time = parts[part][next[part]];
      }
    }
    next[chosen] += 1;
    if (!(chosen !== previousPart && time - previous <= duplicateSamples)) {
      joined[kept] = time;
      kept += 1;
    }
    previous = time;
    previousPart = chosen;
  }
  return joined.subarray(0, kept);
}

/** As `mergedTrain` of two, which is asked of thousands of pairs. */
function mergedPair(first: Float64Array, second: Float64Array, duplicateSamples: number): Float64Array {
  const joined = new Float64Array(first.length + second.length);
  let kept = 0;
  let a = 0;
  let b = 0;
  let previous = Number.NEGATIVE_INFINITY;
  let wasFirst = true;
  while (a < first.length || b < second.length) {
    const isFirst = b === second.length || (a < first.length && first[a] <= second[b]);
    const time = isFirst ? first[a] : second[b];
    if (isFirst) a += 1;
    else b += 1;
    if (isFirst === wasFirst || !(time - previous <= duplicateSamples)) {
      joined[kept] = time;
      kept += 1;
    }
    previous = time;
    wasFirst = isFirst;
  }
  return joined.subarray(0, kept);
}
