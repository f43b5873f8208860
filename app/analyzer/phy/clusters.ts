import { Failure } from '../../failure.ts';
import type { ReadOptions } from '../source.ts';
import type { StoredArray } from '../stored-array.ts';
import { columnBlocks } from './spike-column.ts';

/** Which clusters there are and which templates their spikes came from. */
export interface Clusters {
  /** Ascending. */
  readonly ids: readonly number[];
  /** Template ids of each cluster with the number of spikes, the most frequent first (the lower id of equals). */
  readonly shares: readonly (readonly { readonly template: number; readonly spikeCount: number }[])[];
  /** Template ids that occur, ascending. */
  readonly templates: readonly number[];
}

/** Templates per cluster are counted under one number made of both. */
const templateRange = 2 ** 21;
const mostPairs = 2 ** 20;

/** Reads both columns once, piece by piece. */
export async function countClusters(clusters: StoredArray, templates: StoredArray, options?: ReadOptions): Promise<Clusters> {
  const counts = new Map<number, number>();
  const templateBlocks = clusters === templates ? undefined : columnBlocks(templates, 'template', options)[Symbol.asyncIterator]();
  let waiting: Int32Array = new Int32Array(0);
  let used = 0;
  for await (const block of columnBlocks(clusters, 'cluster', options)) {
    let lastKey = -1;
    let run = 0;
    const settle = (): void => {
      if (run > 0) counts.set(lastKey, (counts.get(lastKey) ?? 0) + run);
    };
    for (const cluster of block) {
      let template = cluster;
      if (templateBlocks !== undefined) {
        if (used === waiting.length) {
          const next = await templateBlocks.next();
          waiting = next.done === true ? new Int32Array(1) : next.value;
          used = 0;
        }
        template = waiting[used];
        used += 1;
      }
      if (!(template < templateRange)) throw tooMany(templates.file, template);
      const key = cluster * templateRange + template;
      if (key === lastKey) run += 1;
      else {
        settle();
        lastKey = key;
        run = 1;
      }
    }
    settle();
    if (!(counts.size <= mostPairs)) throw tooMany(clusters.file, counts.size);
  }
  const byCluster = new Map<number, { template: number; spikeCount: number }[]>();
  const seen = new Set<number>();
  for (const [key, spikeCount] of counts) {
    const cluster = Math.floor(key / templateRange);
    const template = key % templateRange;
    seen.add(template);
    const own = byCluster.get(cluster) ?? [];
    own.push({ template, spikeCount });
    byCluster.set(cluster, own);
  }
  const ids = [...byCluster.keys()].sort((a, b) => a - b);
  return {
    ids,
    shares: ids.map((id) => (byCluster.get(id) ?? []).sort((a, b) => b.spikeCount - a.spikeCount || a.template - b.template)),
    templates: [...seen].sort((a, b) => a - b),
  };
}

function tooMany(file: string, value: number): Failure {
  return new Failure(
    'analyzer.refused',
    `${file} has the number ${value}, far beyond the clusters or templates of a sorting. Copy it again, or export the folder again.`,
    { file, value },
  );
}
