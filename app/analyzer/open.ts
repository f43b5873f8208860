import { throwIfCancelled } from '../failure.ts';
import { createAnalyzerView } from './analyzer-view.ts';
import { fingerprintOf, type Sha256 } from './fingerprint.ts';
import { openLayout } from './layout.ts';
import type { ReadOptions, Source } from './source.ts';
import type { AnalyzerView, IdentifiedAnalyzer } from './view.ts';
import { withComputed } from './with-computed.ts';

export type { Sha256 } from './fingerprint.ts';

/**
 * Opens a SortingAnalyzer (binary_folder or zarr, SpikeInterface 0.101 to 0.105) or a folder of phy: reads metadata, no array,
 * however large it is. Throws `analyzer.*` failures that name the file and the remedy; the source is never written to.
 */
export async function openUnidentified(source: Source, options?: ReadOptions): Promise<AnalyzerView> {
  try {
    return await createAnalyzerView(source, await openLayout(source, options), undefined, options);
  } catch (error) {
    await source.close?.();
    throw error;
  }
}

/**
 * As `openUnidentified`, and reads the fingerprint's blocks. `computed` gives what was computed for an analyzer of that fingerprint, to be seen with its own extensions.
 * Throws `analyzer.*` failures that name the file and the remedy; the source is never written to.
 */
export async function openAnalyzer(
  source: Source,
  options: {
    readonly sha256: Sha256;
    readonly signal?: AbortSignal | undefined;
    readonly computed?: ((fingerprint: string) => Promise<Source | undefined> | Source | undefined) | undefined;
  },
): Promise<IdentifiedAnalyzer> {
  const { sha256, signal } = options;
  try {
    const stored = await openLayout(source, { signal });
    throwIfCancelled(signal);
    const fingerprint = await fingerprintOf(source, await stored.files({ signal }), `samecell fingerprint 1 ${stored.format}`, sha256, {
      signal,
    });
    const computed = await options.computed?.(fingerprint);
    if (computed === undefined) return await createAnalyzerView(source, stored, { source: fingerprint, all: fingerprint }, { signal });
    const joined = await withComputed(stored, fingerprint, computed, sha256, { signal });
    const both = { name: source.name, close: async () => void (await Promise.all([source.close?.(), computed.close?.()])) };
    return await createAnalyzerView(both, joined.stored, { source: fingerprint, all: joined.fingerprint }, { signal });
  } catch (error) {
    await source.close?.();
    throw error;
  }
}
