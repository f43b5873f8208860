import { createHash } from 'node:crypto';
import type { ReadOptions } from '../../../app/analyzer/source.ts';
import type { IdentifiedAnalyzer, UnitId } from '../../../app/analyzer/view.ts';
import { Failure } from '../../../app/failure.ts';
import type { PlotFeature, PlotGroup, SizePx } from '../../../app/plots/feature.ts';
import { type SheetLayout, sheetLayout } from '../../../app/plots/sheet.ts';
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
    options?: ReadOptions & { readonly sizePx?: SizePx | undefined },
  ): Promise<{ bytes: Uint8Array; mediaType: 'image/png'; width: number; height: number; ms: number }>;
  drawSheet(
    parts: readonly { readonly feature: string; readonly data: unknown }[],
    layout: SheetLayout,
    options?: ReadOptions,
  ): Promise<{ bytes: Uint8Array; mediaType: 'image/png'; width: number; height: number; ms: number }>;
  close(): Promise<void> | void;
}

export interface PictureRoom {
  /** The picture of a group that a model gets: drawn once for each content, kept by SHA-256. */
  of(
    view: IdentifiedAnalyzer,
    units: readonly UnitId[],
    feature: string,
    options?: ReadOptions & { readonly sizePx?: SizePx | undefined },
  ): Promise<Picture>;
  /** The features in one picture, row by row, within the bounds; its feature is `contact_sheet`. */
  sheet(
    view: IdentifiedAnalyzer,
    units: readonly UnitId[],
    features: readonly string[],
    bounds: SizePx,
    options?: ReadOptions,
  ): Promise<Picture>;
  /** A kept picture; throws `input.notFound`. */
  stored(sha256: string): Promise<{ mediaType: string; bytes: Uint8Array<ArrayBuffer> }>;
  close(): Promise<void>;
}

/** What a sheet of several pictures is called where one feature has its id. */
export const contactSheet = 'contact_sheet';

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

  const kept = async (
    view: IdentifiedAnalyzer,
    units: readonly UnitId[],
    feature: string,
    parameters: Readonly<Record<string, unknown>>,
    draw: (group: PlotGroup) => Promise<{ drawn: Awaited<ReturnType<Drawing['draw']>>; description: string }>,
  ): Promise<Picture> => {
    const labels = groupLabels(units.length);
    const { rendererVersion } = options;
    const key = cacheKeyOf({ fingerprint: view.fingerprint, units, labels, feature, parameters, rendererVersion });
    const known = await fromCache(key, feature);
    if (known) return known;
    const begin = performance.now();
    const { drawn, description } = await draw({ units: units.map((id) => view.indexOf(id)), labels });
    const sha256 = await store.put(drawn.bytes, drawn.mediaType);
    const ms = performance.now() - begin;
    const { mediaType, width, height } = drawn;
    // One that a power cut takes is drawn again; what names it comes later, and is not there without it.
    tables.atOnceUnflushed(() => {
      tables.pictures.add({ sha256, mediaType, sizeBytes: drawn.bytes.byteLength, widthPx: width, heightPx: height });
      tables.pictures.addKey(key, sha256, feature, view.fingerprint, description, ms);
    });
    return { feature, sha256, mediaType, bytes: new Uint8Array(drawn.bytes), width, height, description, cached: false, ms };
  };
  // Files are read lazily: what changed in between would be kept under the fingerprint of before. Drawing goes on meanwhile.
  const unlessChanged = async <Drawn>(view: IdentifiedAnalyzer, drawing: Promise<Drawn>): Promise<Drawn> => {
    // What becomes of the drawing is of interest only where nothing changed.
    drawing.catch(() => undefined);
    if (await options.isCurrent(view)) return drawing;
    throw new Failure('analyzer.changed', `The analyzer ${view.summary.name} was changed while it was being read. Open it again.`, {
      wholeRun: true,
    });
  };
  const drawingRoom = (): Promise<Drawing> => {
    drawing ??= options.drawing();
    return drawing;
  };

  return {
    async of(view, units, featureId, { signal, sizePx } = {}) {
      const feature = options.featureById(featureId);
      const own = sizePx === undefined || (sizePx.width === feature.sizePx.width && sizePx.height === feature.sizePx.height);
      return kept(view, units, featureId, own ? {} : { sizePx }, async (group) => {
        const data = await feature.load(view, group, { signal });
        const description = feature.describe(data);
        const room = await drawingRoom();
        const drawn = await unlessChanged(view, room.draw(featureId, data, { signal, ...(own ? {} : { sizePx }) }));
        return { drawn, description };
      });
    },
    async sheet(view, units, featureIds, bounds, { signal } = {}) {
      const features = featureIds.map((id) => options.featureById(id));
      const layout = sheetLayout(features.length, bounds);
      return kept(view, units, contactSheet, { features: [...featureIds], layout }, async (group) => {
        const parts: { feature: string; data: unknown }[] = [];
        for (const { id, load } of features) parts.push({ feature: id, data: await load(view, group, { signal }) });
        const description = features.map(({ describe }, i) => `${i + 1}. ${describe(parts[i].data)}`).join('\n');
        const room = await drawingRoom();
        return { drawn: await unlessChanged(view, room.drawSheet(parts, layout, { signal })), description };
      });
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
