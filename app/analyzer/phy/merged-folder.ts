import { Failure, throwIfCancelled } from '../../failure.ts';
import { openNpy } from '../npy.ts';
import { elementBytes, npyHeader } from '../npy-bytes.ts';
import type { Sink, SinkContent } from '../sink.ts';
import type { ReadOptions, Source } from '../source.ts';
import type { UnitId } from '../view.ts';
import { clusterTable } from './cluster-table.ts';
import { readClusterTables } from './cluster-tables.ts';
import { type Clusters, countClusters } from './clusters.ts';
import { type MergedCluster, mergedTable } from './merged-table.ts';
import { parseParamsPy } from './params-py.ts';
import { checkSpikeCount, columnBlocks, openSpikeColumn } from './spike-column.ts';

export interface PhyMergeRequest {
  /** Units of the folder as it was opened: one for each cluster that has spikes, in the order of their ids. */
  readonly unitIds: readonly UnitId[];
  readonly merges: readonly { readonly units: readonly UnitId[]; readonly newUnitId: UnitId }[];
  /** Keys of the new folder that somebody else writes; a file of the source by that name is left behind. */
  readonly taken: ReadonlySet<string>;
  /** A path relative to the source folder as one relative to the new folder. */
  readonly relocate: (path: string) => string;
  /** One text per unit of the result for `cluster_samecell.tsv`. */
  readonly words: (unitIds: readonly UnitId[], merged: PhyMerged['merged']) => readonly string[];
}

export interface PhyMerged {
  readonly unitIds: readonly UnitId[];
  readonly merged: readonly { readonly units: readonly UnitId[]; readonly newUnitId: UnitId }[];
  readonly files: readonly string[];
  readonly notes: readonly string[];
}

const pieceBytes = 2 ** 24;
const rawData = /\.(?:dat|bin|raw|cbin)$/i;
const verdictsFile = 'cluster_samecell.tsv';

/**
 * Writes a folder of phy or Kilosort with clusters merged as phy merges them: a merged cluster gets the largest id and one more,
 * `spike_clusters.npy` says which spikes it has, and everything per spike and per template stays. Rows of tables go with their
 * clusters; `params.py` finds the raw data where it was. Raw data, phy's cache and `cluster_info` (which phy sums up anew) are left
 * behind, with a note. Throws `merge.impossible` where the tables number clusters in another way, `analyzer.refused`.
 */
export async function mergePhyFolder(
  source: Source,
  sink: Pick<Sink, 'write'>,
  request: PhyMergeRequest,
  options?: ReadOptions,
): Promise<PhyMerged> {
  const params = await source.get('params.py', options);
  if (params === undefined) throw missing('params.py');
  const templates = await openSpikeColumn(source, 'spike_templates.npy', options);
  const column = (await openSpikeColumn(source, 'spike_clusters.npy', options)) ?? templates;
  if (column === undefined) throw missing('spike_clusters.npy');
  if (templates !== undefined) checkSpikeCount(templates, column.shape[0]);
  const clusters = await countClusters(column, templates ?? column, options);
  await refuseShifted(source, clusters, options);

  const files: string[] = [];
  const write = async (key: string, content: SinkContent): Promise<void> => {
    files.push(key);
    await sink.write(key, content, options);
  };
  const text = (key: string, words: string) => write(key, new TextEncoder().encode(words));

  const { keys, left } = await filesOf(source, request.taken);
  const tables = keys.filter((key) => /^cluster_\w[^/]*\.(?:tsv|csv)$/.test(key));
  const noted = (await readClusterTables(source, tables, [], options)).find(({ name }) => name === 'si_unit_id');
  const merged = mergedClusters(clusters, request, noted !== undefined);
  const intoOf = new Map(merged.flatMap(({ clusters: own, into }) => own.map((cluster) => [cluster, into] as const)));

  await text('params.py', relocated(new TextDecoder().decode(params), parseParamsPy(params).datPaths, request.relocate));
  const shape = (await openNpy(source, column.file, options))?.shape ?? column.shape;
  await write('spike_clusters.npy', spikeClusters(shape, columnBlocks(column, 'cluster', options), intoOf));
  for (const key of keys) {
    throwIfCancelled(options?.signal);
    if (key === 'params.py' || key === 'spike_clusters.npy' || key === verdictsFile) continue;
    if (!tables.includes(key)) await write(key, copied(source, key, options));
    else {
      const bytes = await source.get(key, options);
      if (bytes === undefined) throw missing(key);
      await write(key, mergedTable(bytes, key.endsWith('.tsv') ? '\t' : ',', merged));
    }
  }

  const rest = clusters.ids.map((cluster, at) => ({ cluster, unitId: request.unitIds[at] })).filter(({ cluster }) => !intoOf.has(cluster));
  const result = [...rest, ...merged.map(({ into, unitId }) => ({ cluster: into, unitId }))];
  const unitIds = result.map(({ unitId }) => unitId);
  const mergedUnits = merged.map(({ units, unitId }) => ({ units, newUnitId: unitId }));
  const words = request.words(unitIds, mergedUnits);
  await text(
    verdictsFile,
    clusterTable(
      'samecell',
      result.map(({ cluster }, at) => ({ cluster, value: words[at] })),
    ),
  );
  const renumbered = request.merges.filter(({ newUnitId }, at) => newUnitId !== merged[at].unitId);
  const notes = [
    ...(left.length > 0 ? [`Left in the source folder: ${left.join(', ')}.`] : []),
    ...(renumbered.length > 0
      ? [`phy numbers merged clusters itself: ${merged.map(({ units, unitId }) => `${units.join(' + ')} → ${unitId}`).join(', ')}.`]
      : []),
  ];
  return { unitIds, merged: mergedUnits, files, notes };
}

interface NumberedMerge extends MergedCluster {
  readonly units: readonly UnitId[];
  readonly unitId: UnitId;
}

/** Clusters of each merge, the one with most spikes first, and the number the merged one gets. */
function mergedClusters(clusters: Clusters, { unitIds, merges }: PhyMergeRequest, hasNotedIds: boolean): NumberedMerge[] {
  const largest = clusters.ids[clusters.ids.length - 1] ?? -1;
  const countOf = new Map(clusters.ids.map((id, at) => [id, clusters.shares[at].reduce((sum, { spikeCount }) => sum + spikeCount, 0)]));
  return merges.map(({ units, newUnitId }, index) => {
    const own = units
      .map((unit) => clusters.ids[unitIds.indexOf(unit)])
      .sort((a, b) => (countOf.get(b) ?? 0) - (countOf.get(a) ?? 0) || a - b);
    const into = largest + 1 + index;
    return { clusters: own, into, units, unitId: hasNotedIds ? newUnitId : into, notedId: String(newUnitId) };
  });
}

/** SpikeInterface exports tables without the units that have no spikes, under other numbers than the spikes have. */
async function refuseShifted(source: Source, { templates }: Clusters, options: ReadOptions | undefined): Promise<void> {
  const rowCount = (await openNpy(source, 'templates.npy', options))?.shape[0];
  if (rowCount === undefined || !((templates[templates.length - 1] ?? -1) >= rowCount)) return;
  throw new Failure(
    'merge.impossible',
    'spike_templates.npy names templates that templates.npy does not have, so merged clusters of this folder would be misread. Export it again without units that have no spikes.',
    { file: 'spike_templates.npy' },
  );
}

/** Every file of the folder that goes along, and what stays. */
async function filesOf(source: Source, taken: ReadonlySet<string>): Promise<{ keys: string[]; left: string[] }> {
  const keys: string[] = [];
  const left: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const { name, isFolder } of await source.list(folder)) {
      const key = folder === '' ? name : `${folder}/${name}`;
      if (taken.has(key) || rawData.test(name) || name === '.phy' || /^cluster_info\./.test(key)) left.push(isFolder ? `${key}/` : key);
      else if (isFolder) await walk(key);
      else keys.push(key);
    }
  };
  await walk('');
  return { keys, left };
}

/** `params.py` with raw files found from the new folder. What comes last in the file counts. */
function relocated(params: string, datPaths: readonly string[], relocate: (path: string) => string): string {
  if (/^dir_path\s*=/m.test(params)) {
    throw new Failure(
      'analyzer.refused',
      'params.py sets dir_path, so a copy would still read the files of that folder. Take that line out.',
      {
        file: 'params.py',
        field: 'dir_path',
      },
    );
  }
  const isAbsolute = (path: string): boolean => /^(?:[\\/]|[A-Za-z]:)/.test(path);
  if (datPaths.every(isAbsolute)) return params;
  const paths = datPaths.map((path) => pythonText(isAbsolute(path) ? path : relocate(path)));
  const own = paths.length === 1 ? paths[0] : `[${paths.join(', ')}]`;
  return `${params.replace(/\s*$/, '')}\n# The raw data lies where it was.\ndat_path = ${own}\n`;
}

function pythonText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** 32 bits, as phy saves them. */
async function* spikeClusters(
  shape: readonly number[],
  blocks: AsyncIterable<Int32Array>,
  intoOf: ReadonlyMap<number, number>,
): AsyncGenerator<Uint8Array> {
  yield npyHeader({ kind: 'int', itemSize: 4, littleEndian: true }, shape);
  for await (const block of blocks) yield elementBytes(block.map((cluster) => intoOf.get(cluster) ?? cluster));
}

async function* copied(source: Source, key: string, options: ReadOptions | undefined): AsyncGenerator<Uint8Array> {
  const size = await source.size(key);
  if (size === undefined) throw missing(key);
  for (let from = 0; from < size; from += pieceBytes) {
    const piece = await source.getRange(key, from, Math.min(pieceBytes, size - from), options);
    if (piece === undefined || piece.byteLength === 0) {
      throw new Failure('analyzer.changed', `${key} changed while it was being copied. Open the folder again.`, { file: key });
    }
    yield piece;
  }
}

function missing(file: string): Failure {
  return new Failure('analyzer.missingFile', `${file} is missing. Copy it from the sorter’s output.`, { file });
}
