import { createHash } from 'node:crypto';
import type { ReadOptions } from '../../../app/analyzer/source.ts';
import type { IdentifiedAnalyzer, UnitId } from '../../../app/analyzer/view.ts';
import { Failure } from '../../../app/failure.ts';
import type { PlotFeature } from '../../../app/plots/feature.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Tables } from '../db/tables.ts';
import type { PictureStore } from '../files/picture-store.ts';
import { groupLabels } from '../group-labels.ts';

export interface Picture {
  readonly feature: string;
  readonly sha256: string;
  readonly mediaType: 'image/png';
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  /** The same in words, with the numbers. */
  readonly description: string;
  readonly cached: boolean;
  /** How long loading and drawing took, now or when it was drawn. */
  readonly ms: number;
}

/** The parts of the drawing room that are used here. */
export interface Drawing {
  draw(
    feature: string,
    data: unknown,
    options?: ReadOptions,
  ): Promise<{ bytes: Uint8Array; mediaType: 'image/png'; width: number; height: number; ms: number }>;
  close(): Promise<void> | void;
}

export interface PictureRoom {
  /** The picture of a group that a model gets: drawn once for each content, kept by SHA-256. */
  of(view: IdentifiedAnalyzer, units: readonly UnitId[], feature: string, options?: ReadOptions): Promise<Picture>;
  /** A kept picture; throws `input.notFound`. */
  stored(sha256: string): Promise<{ mediaType: string; bytes: Uint8Array<ArrayBuffer> }>;
  close(): Promise<void>;
}

export interface PictureRoomOptions {
  readonly tables: Tables;
  readonly store: PictureStore;
  readonly featureById: (id: string) => PlotFeature;
  readonly drawing: () => Promise<Drawing>;
  readonly rendererVersion: string;
  /** Whether the view still shows what is in its folder. */
  readonly isCurrent: (view: IdentifiedAnalyzer) => Promise<boolean>;
}

export function createPictureRoom(options: PictureRoomOptions): PictureRoom {
  const { tables, store } = options;
  let drawing: Promise<Drawing> | undefined;

  const fromCache = async (cacheKey: string, feature: string): Promise<Picture | undefined> => {
    const known = tables.pictures.byKey(cacheKey);
    if (!known) return undefined;
    const bytes = await store.get(known.sha256, known.mediaType);
    if (!bytes) return undefined;
    const { sha256, widthPx, heightPx, description, ms } = known;
    return { feature, sha256, mediaType: 'image/png', bytes, width: widthPx, height: heightPx, description, cached: true, ms };
  };

  return {
    async of(view, units, featureId, { signal } = {}) {
      const feature = options.featureById(featureId);
      const labels = groupLabels(units.length);
      const key = cacheKeyOf({
        fingerprint: view.fingerprint,
        units,
        labels,
        feature: featureId,
        rendererVersion: options.rendererVersion,
      });
      const kept = await fromCache(key, featureId);
      if (kept) return kept;
      const begin = performance.now();
      const data = await feature.load(view, { units: units.map((id) => view.indexOf(id)), labels }, { signal });
      const description = feature.describe(data);
      // Files are read lazily: what changed in between would be kept under the fingerprint of before.
      if (!(await options.isCurrent(view)))
        throw new Failure('analyzer.changed', `The analyzer ${view.summary.name} was changed while it was being read. Open it again.`, {
          wholeRun: true,
        });
      drawing ??= options.drawing();
      const drawn = await (await drawing).draw(featureId, data, { signal });
      const sha256 = await store.put(drawn.bytes, drawn.mediaType);
      const ms = performance.now() - begin;
      tables.atOnce(() => {
        const { mediaType, width: widthPx, height: heightPx, bytes } = drawn;
        tables.pictures.add({ sha256, mediaType, sizeBytes: bytes.byteLength, widthPx, heightPx });
        tables.pictures.addKey(key, sha256, featureId, view.fingerprint, description, ms);
      });
      const { mediaType, width, height } = drawn;
      const bytes = new Uint8Array(drawn.bytes);
      return { feature: featureId, sha256, mediaType, bytes, width, height, description, cached: false, ms };
    },
    async stored(sha256) {
      const known = tables.pictures.bySha256(sha256);
      const bytes = known && (await store.get(sha256, known.mediaType));
      if (!known || !bytes) throw new Failure('input.notFound', 'This picture is no longer in the data folder.', { sha256 });
      return { mediaType: known.mediaType, bytes };
    },
    async close() {
      if (drawing) await (await drawing).close();
    },
  };
}

/** SHA-256 over everything that decides a picture; unit ids keep their type. */
export function cacheKeyOf(decisive: {
  readonly fingerprint: string;
  readonly units: readonly UnitId[];
  readonly labels: readonly string[];
  readonly feature: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly rendererVersion: string;
}): string {
  return createHash('sha256')
    .update(canonicalJson({ parameters: {}, ...decisive }))
    .digest('hex');
}
