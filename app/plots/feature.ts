import type { ExtensionId } from '../analyzer/extensions/data.ts';
import type { ReadOptions } from '../analyzer/source.ts';
import type { AnalyzerView } from '../analyzer/view.ts';
import type { PictureOption } from './picture-option.ts';
import type { PlotTheme } from './theme.ts';

/** Up to eight units drawn together. Labels ("A", "B", …) are what the picture shows instead of ids. */
export interface PlotGroup {
  /** Positions in `view.unitIds`. */
  readonly units: readonly number[];
  readonly labels: readonly string[];
}

/** ECharts options as plain data, without functions. */
export type ChartOption = Readonly<Record<string, unknown>>;

export interface SizePx {
  readonly width: number;
  readonly height: number;
}

/**
 * One picture of a group. `load` runs in the core and reduces to drawing resolution; `option` is pure and serves
 * the screen and the model's picture alike; `describe` is the text alternative with the numbers.
 */
export interface PlotFeature<Id extends string = string, Data = unknown> {
  readonly id: Id;
  readonly title: string;
  /** One sentence a person reads to know what to look for. */
  readonly purpose: string;
  readonly needs: readonly ExtensionId[];
  /** Size of the model's picture in CSS pixels. */
  readonly sizePx: SizePx;
  load(view: AnalyzerView, group: PlotGroup, options?: ReadOptions): Promise<Data>;
  /** Why just this group can't be shown, where that can be told without loading; `undefined` where it can. */
  whyNot?(view: AnalyzerView, group: PlotGroup, options?: ReadOptions): Promise<string | undefined>;
  /** `sizePx` is where it will be drawn, the feature's own size unless given. */
  option(data: Data, theme: PlotTheme, sizePx?: SizePx): PictureOption;
  describe(data: Data): string;
}

/** Keeps the types of id and data while listing a feature. */
export function definePlot<const Id extends string, Data>(feature: PlotFeature<Id, Data>): PlotFeature<Id, Data> {
  return feature;
}
