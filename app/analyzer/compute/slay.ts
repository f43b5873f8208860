import { Failure } from '../../failure.ts';
import { poissonCdf } from './distributions.ts';
import { lowPassBothWays } from './low-pass.ts';

const dipWidthS = 0.002;
const dipCutoffHz = 100;
const rateCutoffHz = 250;
const accepted = 0.15;
const periodBins = [1, 2, 4, 6, 8, 12, 16, 20] as const;
const noDip = -4;

function tooFewBins(): Failure {
  return new Failure(
    'input.invalid',
    'The step slay_score needs correlograms with at least 20 bins either side and bins below 2 ms; compute correlograms with window_ms 50 and bin_ms 1.',
    { field: 'correlograms' },
  );
}

/**
 * How much a cross-correlogram (B counts) dips around zero: SLAy's ρ as SpikeInterface computes it with no lowest rate.
 * −4 where no edge of a dip is found, 0 for an empty correlogram.
 */
export function correlogramSignificance(counts: Float64Array, binMs: number): number {
  if (counts.every((count) => count === 0)) return 0;
  const binS = binMs / 1000;
  const bends = new Float64Array(Math.max(0, counts.length - 2));
  for (let bin = 0; bin < bends.length; bin += 1) bends[bin] = counts[bin] - 2 * counts[bin + 1] + counts[bin + 2];
  const filtered = lowPassBothWays(bends, 2 * dipCutoffHz * binS);
  if (!filtered) throw tooFewBins();
  const width = dipWidthS / binS;
  const middle = counts.length / 2;
  const distances = waveletPeaks(
    filtered.map((value) => -value),
    width,
  )
    .map((peak) => Math.abs(peak + 1 - middle))
    .filter((distance) => distance > 0.5 * width);
  if (distances.length === 0) return noDip;
  const reach = 1.5 * Math.min(...distances);
  const from = Math.trunc(Math.max(middle - reach, 0));
  const to = Math.trunc(Math.min(middle + reach, counts.length - 1) + 1);
  const inside = counts.subarray(from, to);
  const total = inside.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 0;
  let sum = 0;
  let distance = 0;
  for (let bin = 0; bin < inside.length - 1; bin += 1) {
    sum += inside[bin];
    distance += Math.abs(sum / total - (bin + 1) / inside.length) / inside.length;
  }
  return 4 * distance;
}

/** Places where the response to a Ricker wavelet of one width peaks above its surroundings: SciPy's `find_peaks_cwt`, noise_perc 90. */
function waveletPeaks(values: Float64Array, width: number): number[] {
  const size = Math.floor(Math.min(10 * width, values.length));
  const scale = 2 / (Math.sqrt(3 * width) * Math.PI ** 0.25);
  const wavelet = Float64Array.from({ length: size }, (_, place) => {
    const square = (place - (size - 1) / 2) ** 2 / width ** 2;
    return scale * (1 - square) * Math.exp(-square / 2);
  }).reverse();
  const response = new Float64Array(values.length);
  const start = (size - 1) >> 1;
  for (let place = 0; place < values.length; place += 1) {
    for (let tap = 0; tap < size; tap += 1) {
      const from = place + start - tap;
      if (from >= 0 && from < values.length) response[place] += values[from] * wavelet[tap];
    }
  }
  const window = Math.ceil(values.length / 20);
  const before = window >> 1;
  const peaks: number[] = [];
  for (let place = 1; place < response.length - 1; place += 1) {
    if (!(response[place] > response[place - 1] && response[place] > response[place + 1])) continue;
    const around = response.slice(Math.max(0, place - before), Math.min(response.length, place + before + (window % 2))).sort();
    const rank = 0.9 * (around.length - 1);
    const low = Math.floor(rank);
    const noise = around[low] + (around[Math.min(around.length - 1, low + 1)] - around[low]) * (rank - low);
    if (Math.abs(response[place] / noise) >= 1) peaks.push(place);
  }
  return peaks;
}

/**
 * Confidence that a cross-correlogram (B counts) violates a refractory period of 1 to 20 bins by more than 15 %: SLAy's η as
 * SpikeInterface computes it.
 */
export function refractoryViolationConfidence(counts: Float64Array, binMs: number): number {
  const half = counts.length >> 1;
  if (half < periodBins[periodBins.length - 1]) throw tooFewBins();
  const folded = Float64Array.from({ length: half }, (_, lag) => (counts[half + lag] + counts[half - 1 - lag]) / 2);
  const filtered = lowPassBothWays(folded, (2 * rateCutoffHz * binMs) / 1000);
  if (!filtered) throw tooFewBins();
  const highest = Math.max(...filtered);
  let sum = 0;
  let confidence = Number.NEGATIVE_INFINITY;
  let next = 0;
  for (const [lag, value] of folded.entries()) {
    sum += value;
    if (lag + 1 !== periodBins[next]) continue;
    const clean = 1 - poissonCdf(sum, periodBins[next] * highest * accepted);
    if (Number.isNaN(clean)) return Number.NaN;
    confidence = Math.max(confidence, clean);
    next += 1;
  }
  return 1 - confidence;
}
