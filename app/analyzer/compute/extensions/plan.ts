import { Failure } from '../../../failure.ts';
import type { ExtensionId } from '../../extensions/data.ts';
import { knownExtensions } from '../../extensions/registry.ts';
import { snippetFor } from '../../snippet.ts';
import type { AnalyzerView } from '../../view.ts';
import type { Computation } from './computation.ts';
import { computationOf, computations } from './registry.ts';

export interface ComputePlan {
  /** In the order of computing. */
  readonly computations: readonly Computation[];
  /** Of these, what was not asked for but is needed. */
  readonly added: readonly ExtensionId[];
  /** What reads the recording. */
  readonly needsRecording: readonly ExtensionId[];
  /** What needs the probe. */
  readonly needsProbe: readonly ExtensionId[];
}

/**
 * What has to be computed to have these extensions, with everything they need that is not there. Throws
 * `analyzer.unsupported` for one Samecell can't compute and `input.invalid` for one the analyzer has itself.
 */
export function planComputing(view: AnalyzerView, wanted: readonly string[]): ComputePlan {
  const chosen = new Set<ExtensionId>();
  const asked = new Set<string>(wanted);
  const has = (extension: string): boolean => asked.has(extension) || chosen.has(extension as ExtensionId) || view.has(extension);
  const choose = (extension: string): void => {
    if (chosen.has(extension as ExtensionId)) return;
    const computation = computationOf(extension);
    if (computation === undefined) throw notComputed(extension, view);
    chosen.add(computation.id);
    for (const needed of computation.needs(has).extensions) if (!view.has(needed) && !chosen.has(needed)) choose(needed);
  };
  for (const extension of asked) {
    if (view.has(extension) && !isComputedHere(view, extension)) {
      throw new Failure(
        'input.invalid',
        `${view.summary.name} has ${extension} already. Leave it out; an analyzer's own extensions are never replaced.`,
        { extension },
      );
    }
    choose(extension);
  }
  const ordered = computations.filter(({ id }) => chosen.has(id));
  const needing = (what: 'recording' | 'probe') => ordered.filter((one) => one.needs(has)[what]).map(({ id }) => id);
  return {
    computations: ordered,
    added: ordered.map(({ id }) => id).filter((id) => !asked.has(id)),
    needsRecording: needing('recording'),
    needsProbe: needing('probe'),
  };
}

/** True for an extension that lies in Samecell's own store. */
export function isComputedHere(view: AnalyzerView, extension: string): boolean {
  return view.summary.extensions.some(({ name, computedHere }) => name === extension && computedHere === true);
}

/** Computed extensions that rest on one of these and are outdated once it is computed anew, itself not among them. */
export function outdatedBy(view: AnalyzerView, extensions: readonly string[]): string[] {
  const stale = new Set(extensions);
  for (const { id, dependsOn } of knownExtensions) {
    const needs = [...dependsOn, ...(computationOf(id)?.needs((extension) => view.has(extension)).extensions ?? [])];
    const alsoUses = id === 'quality_metrics' ? ['spike_amplitudes', 'noise_levels', 'templates'] : [];
    if ([...needs, ...alsoUses].some((needed) => stale.has(needed))) stale.add(id);
  }
  for (const extension of extensions) stale.delete(extension);
  return [...stale].filter((extension) => isComputedHere(view, extension));
}

function notComputed(extension: string, view: AnalyzerView): Failure {
  return new Failure(
    'analyzer.unsupported',
    `Samecell can't compute ${extension.slice(0, 60)}. It computes ${computations.map(({ id }) => id).join(', ')}; anything else in SpikeInterface.`,
    { extension: extension.slice(0, 60), snippet: snippetFor(extension.slice(0, 60), view.summary.name) },
  );
}
