import { knownExtensions } from '../../../app/analyzer/extensions/registry.ts';
import { snippetFor } from '../../../app/analyzer/snippet.ts';
import type { ReadOptions } from '../../../app/analyzer/source.ts';
import type { IdentifiedAnalyzer } from '../../../app/analyzer/view.ts';
import { missingForStep } from '../../../app/candidates/missing.ts';
import { candidateSteps } from '../../../app/candidates/registry.ts';
import type { AnalyzerInfo } from '../../../app/contract/calls.ts';
import { evidenceNumbers } from '../../../app/evidence/registry.ts';
import { isFailure } from '../../../app/failure.ts';
import { plotFeatures } from '../../../app/plots/registry.ts';

interface Needing {
  readonly id: string;
  readonly title: string;
  readonly purpose: string;
  readonly needs: readonly string[];
}

/** What an analyzer is, which pictures and steps it allows, and how to compute what is missing. `folder` stands in the snippets. */
export async function analyzerInfo(view: IdentifiedAnalyzer, folder: string, options: ReadOptions = {}): Promise<AnalyzerInfo> {
  const { summary } = view;
  const { offsets } = await view.spikes(options);
  const mainChannels = await mainChannelsOrNone(view, options);
  return {
    name: summary.name,
    format: summary.format,
    spikeinterfaceVersion: summary.spikeinterfaceVersion,
    fingerprint: view.fingerprint,
    unitCount: view.unitIds.length,
    units: view.unitIds.map((id, unit) => {
      const spikeCount = offsets[unit + 1] - offsets[unit];
      const mainChannel = mainChannels && view.channelIds[mainChannels[unit]];
      const firingRateHz = view.durationS > 0 ? spikeCount / view.durationS : 0;
      return { id, spikeCount, firingRateHz, ...(mainChannel === undefined ? {} : { mainChannel }) };
    }),
    channelCount: view.channelIds.length,
    segmentCount: view.segmentSampleCounts.length,
    durationS: view.durationS,
    samplingFrequencyHz: view.samplingFrequencyHz,
    spikeCount: summary.spikeCount,
    sparse: summary.sparse,
    returnInUv: summary.returnInUv,
    extensions: extensionRows(view, folder),
    features: plotFeatures.map((feature) => availability(view, feature)),
    steps: candidateSteps.map((step) => {
      const missing = missingForStep(view, step);
      return { id: step.id, title: step.title, purpose: step.purpose, available: missing.length === 0, missing };
    }),
    problems: [...summary.problems],
  };
}

function extensionRows(view: IdentifiedAnalyzer, folder: string): AnalyzerInfo['extensions'] {
  const stored = view.summary.extensions.map((extension) => ({
    name: extension.name,
    present: true,
    known: extension.known,
    ...(extension.computedHere === true ? { computedHere: true } : {}),
    ...(extension.problem === undefined
      ? {}
      : { problem: extension.problem, snippet: snippetFor(extension.name, folder, view.summary.format) }),
    params: { ...extension.params },
    unlocks: unlockedBy(extension.name),
  }));
  const names = new Set(stored.map((extension) => extension.name));
  const missing = knownExtensions
    .filter(({ id }) => !names.has(id))
    .map(({ id }) => ({
      name: id,
      present: false,
      known: true,
      params: {},
      unlocks: unlockedBy(id),
      snippet: snippetFor(id, folder, view.summary.format),
    }));
  return [...stored, ...missing];
}

/** Titles of everything that needs the extension. */
export function unlockedBy(extension: string): string[] {
  const needing: readonly Pick<Needing, 'title' | 'needs'>[] = [...plotFeatures, ...candidateSteps, ...evidenceNumbers];
  return needing.filter(({ needs }) => needs.includes(extension)).map(({ title }) => title);
}

function availability(view: IdentifiedAnalyzer, { id, title, purpose, needs }: Needing) {
  const missing = needs.filter((extension) => !view.has(extension));
  return { id, title, purpose, available: missing.length === 0, missing };
}

async function mainChannelsOrNone(view: IdentifiedAnalyzer, options: ReadOptions): Promise<Int32Array | undefined> {
  try {
    return await view.mainChannels(options);
  } catch (error) {
    // Where templates are damaged the analyzer can still be looked at; whoever needs them says what is wrong.
    if (isFailure(error, 'analyzer.damaged', 'analyzer.missingExtension', 'analyzer.missingFile', 'analyzer.unsupported')) return undefined;
    throw error;
  }
}
