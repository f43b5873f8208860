import { correlogramBins, correlogramOfPair } from '../analyzer/compute/correlograms.ts';
import { unitRefractoriness } from '../analyzer/compute/refractory.ts';
import { templatesOf } from '../analyzer/compute/templates.ts';
import { spikeCountOf, trainOf, type UnitTrains, unitTrains } from '../analyzer/compute/unit-trains.ts';
import type { ReadOptions } from '../analyzer/source.ts';
import type { AnalyzerView } from '../analyzer/view.ts';
import { Failure, throwIfCancelled } from '../failure.ts';
import { unitAmplitudes } from './measured/unit-amplitudes.ts';
import { unlessMissing } from './unless-missing.ts';

export interface IfMergedOptions extends ReadOptions {
  /** Spikes that follow another of the group by less than this are dropped, as SpikeInterface's `censor_ms`; 0 drops none. */
  readonly censorMs: number;
}

/** One unit, or all of them as one. */
export interface UnitSummary {
  readonly spikeCount: number;
  readonly firingRateHz: number;
  /** Pairs of spikes at most 1 ms apart. */
  readonly violations: number;
  /** 0 to 1 (refractory period 1 ms, censored 0.3 ms); `null` for fewer than two spikes. */
  readonly contamination: number | null;
}

export interface IfMerged {
  readonly censorMs: number;
  readonly before: readonly UnitSummary[];
  readonly after: UnitSummary;
  /** Spikes that censoring drops. */
  readonly duplicateCount: number;
  readonly channels: {
    /** Active channels of each unit, of the merged unit (those common to all), and of all together. */
    readonly perUnit: readonly number[];
    readonly common: number;
    readonly together: number;
    /** common / together; SpikeInterface's soft merge wants 0.75 (`sparsity_overlap`). 1 where dense. */
    readonly overlap: number;
  };
  /** On the merged unit's strongest channels, up to six; absent without templates or a common channel. */
  readonly template?:
    | {
        /** Positions of channels, strongest first. */
        readonly channels: readonly number[];
        readonly sampleMs: Float32Array;
        /** Per channel one row of T samples: each unit's, then the mean of all, weighted by spike count. */
        readonly units: readonly (readonly Float32Array[])[];
        readonly merged: readonly Float32Array[];
      }
    | undefined;
  /** Counts per bin of each unit and of the merged one. */
  readonly autocorrelogram: { readonly edgesMs: Float64Array; readonly units: readonly Float64Array[]; readonly merged: Float64Array };
  /** Up to 600 spikes of each unit; absent without `spike_amplitudes`. */
  readonly amplitudes?: readonly { readonly timeS: Float32Array; readonly amplitude: Float32Array }[] | undefined;
}

const periods = { refractoryPeriodMs: 1, censoredPeriodMs: 0.3 };
const windowMs = 50;
const binMs = 1;
const shownChannels = 6;
const shownSpikes = 600;

/**
 * What a soft merge of the units (two or more positions) would make, before anything is applied: from the spikes and the
 * stored templates, by SpikeInterface's rules. Throws `input.invalid` for a negative `censorMs` and for fewer than two
 * units, `cancelled`.
 */
export async function ifMerged(view: AnalyzerView, units: readonly number[], options: IfMergedOptions): Promise<IfMerged> {
  const { censorMs } = options;
  if (!(censorMs >= 0 && Number.isFinite(censorMs)))
    throw new Failure('input.invalid', `censor_ms is ${censorMs}; it has to be 0 or more milliseconds.`, { field: 'censorMs' });
  if (units.length < 2) throw new Failure('input.invalid', 'A merge needs two or more units.', { field: 'units' });
  const trains = await unitTrains(view, options);
  const merged = joinedTrains(trains, units, Math.trunc((view.samplingFrequencyHz * censorMs) / 1000));
  throwIfCancelled(options.signal);
  const bins = correlogramBins(windowMs, binMs, view.samplingFrequencyHz);
  const before = units.map((unit) => summaryOf(view, trains, unit));
  const after = summaryOf(view, merged, 0);
  return {
    censorMs,
    before,
    after,
    duplicateCount: before.reduce((sum, unit) => sum + unit.spikeCount, 0) - after.spikeCount,
    channels: channelsOf(view, units),
    template: await unlessMissing(() => templateOf(view, units, trains, options)),
    autocorrelogram: {
      edgesMs: bins.edgesMs,
      units: units.map((unit) => correlogramOfPair(trains, unit, unit, bins)),
      merged: correlogramOfPair(merged, 0, 0, bins),
    },
    amplitudes: view.has('spike_amplitudes') ? await unlessMissing(() => amplitudesOf(view, units, options)) : undefined,
  };
}

function summaryOf(view: AnalyzerView, trains: UnitTrains, unit: number): UnitSummary {
  const { violations, contamination, spikeCount } = unitRefractoriness(trains, unit, periods, view.samplingFrequencyHz);
  return {
    spikeCount,
    firingRateHz: spikeCount / view.durationS,
    violations,
    contamination: Number.isNaN(contamination) ? null : contamination,
  };
}

/** The units as one unit at position 0; a spike less than `censorSamples` after the one before, dropped or not, is left out. */
function joinedTrains(trains: UnitTrains, units: readonly number[], censorSamples: number): UnitTrains {
  const samples = new Float64Array(units.reduce((sum, unit) => sum + spikeCountOf(trains, unit), 0));
  const bounds = new Int32Array(trains.segmentCount + 1);
  let kept = 0;
  for (let segment = 0; segment < trains.segmentCount; segment += 1) {
    const start = kept;
    for (const unit of units) {
      const train = trainOf(trains, unit, segment);
      samples.set(train, kept);
      kept += train.length;
    }
    const joined = samples.subarray(start, kept).sort();
    kept = start;
    let previous = Number.NEGATIVE_INFINITY;
    for (const sample of joined) {
      const stays = !(sample - previous < censorSamples);
      previous = sample;
      if (stays) samples[kept++] = sample;
    }
    bounds[segment + 1] = kept;
  }
  return { ...trains, unitCount: 1, samples: samples.subarray(0, kept), bounds, rows: new Int32Array(0) };
}

function channelsOf(view: AnalyzerView, units: readonly number[]): IfMerged['channels'] {
  const { sparsity } = view;
  const all = view.channelIds.length;
  if (!sparsity) return { perUnit: units.map(() => all), common: all, together: all, overlap: 1 };
  let common = 0;
  let together = 0;
  const perUnit = units.map(() => 0);
  for (let channel = 0; channel < sparsity.channelCount; channel += 1) {
    const active = units.map((unit) => sparsity.mask[unit * sparsity.channelCount + channel]);
    active.forEach((one, index) => {
      perUnit[index] += one;
    });
    if (active.every(Boolean)) common += 1;
    if (active.some(Boolean)) together += 1;
  }
  return { perUnit, common, together, overlap: together === 0 ? 0 : common / together };
}

async function templateOf(
  view: AnalyzerView,
  units: readonly number[],
  trains: UnitTrains,
  options: ReadOptions,
): Promise<IfMerged['template']> {
  const { average, sampleCount, channelCount, beforeCount } = await templatesOf(view, options);
  const counts = units.map((unit) => spikeCountOf(trains, unit));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const rowOf = (unit: number, channel: number) =>
    Float32Array.from({ length: sampleCount }, (_, sample) => average[(unit * sampleCount + sample) * channelCount + channel]);
  const meanOf = (channel: number) => {
    const mean = new Float32Array(sampleCount);
    units.forEach((unit, index) => {
      for (let sample = 0; sample < sampleCount; sample += 1)
        mean[sample] += (average[(unit * sampleCount + sample) * channelCount + channel] * counts[index]) / total;
    });
    return mean;
  };
  const { sparsity } = view;
  const strongest = Array.from({ length: channelCount }, (_, channel) => channel)
    .filter((channel) => !sparsity || units.every((unit) => sparsity.mask[unit * channelCount + channel] === 1))
    .map((channel) => ({ channel, mean: meanOf(channel) }))
    .map((row) => ({ ...row, height: row.mean.reduce((most, value) => Math.max(most, Math.abs(value)), 0) }))
    .sort((a, b) => b.height - a.height || a.channel - b.channel)
    .slice(0, shownChannels);
  if (strongest.length === 0) return undefined;
  return {
    channels: strongest.map(({ channel }) => channel),
    sampleMs: Float32Array.from({ length: sampleCount }, (_, sample) => ((sample - beforeCount) * 1000) / view.samplingFrequencyHz),
    units: units.map((unit) => strongest.map(({ channel }) => rowOf(unit, channel))),
    merged: strongest.map(({ mean }) => mean),
  };
}

async function amplitudesOf(view: AnalyzerView, units: readonly number[], options: ReadOptions): Promise<IfMerged['amplitudes']> {
  const all = await Promise.all(units.map((unit) => unitAmplitudes(view, unit, options)));
  return all.map(({ inTime, timeSamples }) => {
    const count = Math.min(shownSpikes, inTime.length);
    const place = (index: number) => Math.floor((index * inTime.length) / count);
    return {
      timeS: Float32Array.from({ length: count }, (_, index) => timeSamples[place(index)] / view.samplingFrequencyHz),
      amplitude: Float32Array.from({ length: count }, (_, index) => inTime[place(index)]),
    };
  });
}
