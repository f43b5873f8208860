import { Failure } from '../failure.ts';
import { openBinaryFolder } from './forms/binary-folder.ts';
import { isJsonObject, type JsonValue, parseJson } from './json.ts';
import { looksLikePhy } from './phy/looks-like-phy.ts';
import type { ReadOptions, Source, SourceEntry } from './source.ts';
import type { StoredAnalyzer } from './stored-analyzer.ts';

/**
 * Finds out which form a folder is and describes it. Throws `analyzer.notAnAnalyzer`, `analyzer.unsupported` (another tool's
 * folder, another version), `analyzer.missingFile`, `analyzer.damaged` or `analyzer.refused`, each naming file and remedy.
 */
export async function openLayout(source: Source, options?: ReadOptions): Promise<StoredAnalyzer> {
  const entries = await source.list('');
  const names = new Set(entries.map((entry) => entry.name));
  if (names.has('.zmetadata') || names.has('.zgroup')) {
    const { openZarrForm } = await import('./forms/zarr-form.ts');
    return openZarrForm(source, options);
  }
  if (names.has('zarr.json')) {
    throw new Failure(
      'analyzer.unsupported',
      `${source.name} is a zarr store of format 3, which no released SpikeInterface writes. Save the analyzer as binary_folder: analyzer.save_as(format="binary_folder", folder=...).`,
      { file: 'zarr.json' },
    );
  }
  const info = await savedInfo(source, names, options);
  const object = isJsonObject(info) && typeof info['object'] === 'string' ? info['object'] : undefined;
  const looksBinary = names.has('settings.json') || (names.has('sorting') && names.has('recording_info')) || object === 'SortingAnalyzer';
  if (looksBinary && !isWaveformExtractor(names)) return openBinaryFolder(source, entries, info, options);
  if (looksLikePhy(names) && !isWaveformExtractor(names)) {
    const { openPhyFolder } = await import('./forms/phy-folder.ts');
    return openPhyFolder(source, options);
  }
  throw await notAnAnalyzer(source, entries, names, object);
}

async function savedInfo(source: Source, names: ReadonlySet<string>, options: ReadOptions | undefined): Promise<JsonValue | undefined> {
  if (!names.has('spikeinterface_info.json')) return undefined;
  const bytes = await source.get('spikeinterface_info.json', options);
  return bytes && parseJson(bytes, 'spikeinterface_info.json');
}

function isWaveformExtractor(names: ReadonlySet<string>): boolean {
  return !names.has('settings.json') && names.has('params.json') && (names.has('waveforms') || names.has('templates_average.npy'));
}

async function notAnAnalyzer(
  source: Source,
  entries: readonly SourceEntry[],
  names: ReadonlySet<string>,
  object: string | undefined,
): Promise<Failure> {
  if (isWaveformExtractor(names) || object === 'WaveformExtractor') {
    return new Failure(
      'analyzer.unsupported',
      `${source.name} is a WaveformExtractor folder of SpikeInterface 0.100 or older. Convert it with si.load_waveforms(folder, output="SortingAnalyzer").save_as(format="binary_folder", folder=...) and open the result.`,
      { file: 'params.json' },
    );
  }
  if (names.has('numpysorting_info.json')) {
    return new Failure('analyzer.notAnAnalyzer', `${source.name} is only the sorting part of an analyzer. Open the folder above it.`, {
      folder: source.name,
    });
  }
  if (object !== undefined) {
    return new Failure(
      'analyzer.notAnAnalyzer',
      `${source.name} was saved by SpikeInterface, but spikeinterface_info.json says it holds a ${object.slice(0, 60)}, not a SortingAnalyzer. Make one with si.create_sorting_analyzer.`,
      { file: 'spikeinterface_info.json', object: object.slice(0, 60) },
    );
  }
  const found = await analyzersBelow(source, entries);
  if (found.length > 0) {
    return new Failure(
      'analyzer.notAnAnalyzer',
      `${source.name} isn't an analyzer itself but holds ${found.length === 1 ? 'one' : `${found.length}`}: ${found.slice(0, 5).join(', ')}${found.length > 5 ? ', …' : ''}. Open ${found.length === 1 ? 'that' : 'one of those'}.`,
      { folder: source.name, found },
    );
  }
  return new Failure(
    'analyzer.notAnAnalyzer',
    `${source.name} isn't a SortingAnalyzer: it has neither settings.json with sorting/ and recording_info/ (binary_folder) nor .zmetadata or .zgroup (zarr), nor params.py with spike_times.npy (phy). Open the folder that analyzer.save_as wrote.`,
    { folder: source.name },
  );
}

const maxFound = 50;
const maxVisited = 400;

/** Analyzers up to three folders down, as a pipeline's output tree holds them (`postprocessed/block0_….zarr`, `…/sorting_analyzer`). */
async function analyzersBelow(source: Source, top: readonly SourceEntry[]): Promise<string[]> {
  const found: string[] = [];
  let visited = 0;
  let level = top.filter((entry) => entry.isFolder).map((entry) => entry.name);
  for (let depth = 0; depth < 3; depth += 1) {
    const next: string[] = [];
    for (const folder of level) {
      visited += 1;
      if (visited > maxVisited || found.length >= maxFound) return found;
      let entries: readonly SourceEntry[];
      try {
        entries = await source.list(folder);
      } catch {
        continue;
      }
      const inside = new Set(entries.map((entry) => entry.name));
      const isZarr = inside.has('.zmetadata') || inside.has('.zgroup');
      const isFolder = inside.has('settings.json') && inside.has('sorting') && inside.has('recording_info');
      const isPhy = inside.has('params.py') && inside.has('spike_times.npy');
      if ((isZarr && inside.has('sorting')) || isFolder || isPhy) {
        found.push(folder);
      } else if (!isZarr) {
        for (const entry of entries) if (entry.isFolder) next.push(`${folder}/${entry.name}`);
      }
    }
    level = next;
  }
  return found;
}
