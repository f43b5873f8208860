/**
 * The part of ECharts' options that our pictures are made of, as plain data: typed arrays, no functions. The window gives it to
 * ECharts; the model's picture is drawn from it by `main/core/draw/chart`, which knows nothing beyond what stands here.
 */
export type PictureOption = {
  readonly backgroundColor: string;
  readonly animation: false;
  readonly textStyle: { readonly fontFamily: string; readonly fontSize: number; readonly color: string };
  readonly graphic: readonly GraphicElement[];
  readonly grid?: OneOrMany<GridOption>;
  /** The axes at one position of both lists belong to the panel at that position of `grid`. */
  readonly xAxis?: OneOrMany<AxisOption>;
  readonly yAxis?: OneOrMany<AxisOption>;
  readonly series?: readonly SeriesOption[];
  /** What the pointer is told in the window where no axis has a name; not drawn. */
  readonly pointed?: { readonly x?: string };
};

/** Between an axis and its labels, as ECharts has it where an option says nothing. */
export const labelMarginPx = 8;

export type OneOrMany<Item> = Item | readonly Item[];

/** Where a panel stands, in pixels; its height ends where `bottom` begins unless it is given, its width likewise. */
export type GridOption = {
  readonly left: number;
  readonly top: number;
  readonly width?: number;
  readonly right?: number;
  readonly height?: number;
  readonly bottom?: number;
  /** Panels stay where they are put: what stands beside them as graphics does too. */
  readonly outerBoundsMode: 'none';
};

export type AxisOption = {
  readonly type: 'value';
  readonly gridIndex: number;
  readonly min: number;
  readonly max: number;
  readonly interval: number;
  readonly name?: string;
  readonly nameLocation?: 'middle';
  readonly nameGap?: number;
  readonly nameTextStyle?: { readonly color: string; readonly fontSize: number; readonly fontFamily: string };
  readonly nameMoveOverlap: false;
  readonly axisLine: {
    readonly show: true;
    readonly onZero: false;
    readonly lineStyle: { readonly color: string; readonly width: number };
  };
  readonly axisTick: {
    readonly show: boolean;
    readonly customValues: readonly number[];
    readonly length: number;
    readonly lineStyle: { readonly color: string };
  };
  readonly axisLabel: {
    readonly show: boolean;
    readonly color: string;
    readonly fontSize: number;
    readonly fontFamily: string;
    readonly customValues: readonly number[];
    readonly hideOverlap: false;
  };
  readonly splitLine: { readonly show: boolean; readonly lineStyle: { readonly color: string; readonly width: number } };
  readonly axisPointer: { readonly show: false };
  readonly silent: true;
};

export type SeriesOption = LineOption | ScatterOption;

type SeriesBase = {
  readonly name?: string;
  readonly xAxisIndex?: number;
  readonly yAxisIndex?: number;
  readonly z: number;
  readonly silent: true;
  readonly animation?: false;
  /** x, y, x, y, … */
  readonly data: Float32Array;
  readonly dimensions: readonly ['x', 'y'];
};

/** Broken where a point is NaN. */
export type LineOption = SeriesBase & {
  readonly type: 'line';
  readonly showSymbol: false;
  /** Unless false, nothing is drawn above or below the panel. Left and right of it nothing is in any case. */
  readonly clip?: boolean;
  readonly lineStyle: {
    readonly width: number;
    readonly color?: string;
    readonly opacity?: number;
    readonly type?: 'solid' | 'dashed' | 'dotted';
  };
  /** Down to the lower end of the axis, whichever `origin` is named: our axes of areas begin at zero. */
  readonly areaStyle?: { readonly color: string; readonly opacity: number; readonly origin?: 'start' };
};

export type ScatterOption = SeriesBase & {
  readonly type: 'scatter';
  /** As one shape for all points; smaller than 4 px it is a square for each, whatever the symbol. */
  readonly large?: true;
  readonly largeThreshold?: 0;
  readonly progressive?: 0;
  /** `circle`, `triangle`, `rect`, `diamond`, or `path://` with M, L and Z. */
  readonly symbol: string;
  readonly symbolSize: number | readonly [number, number];
  readonly itemStyle: {
    readonly color: string;
    readonly opacity?: number;
    readonly borderColor?: string;
    readonly borderWidth?: number;
  };
};

type ElementBase = { readonly silent: true; readonly z: number };

type ShapeStyle = { readonly fill?: string; readonly stroke?: string; readonly lineWidth?: number; readonly lineDash?: readonly number[] };

export type GraphicElement =
  | (ElementBase & {
      readonly type: 'text';
      readonly x: number;
      readonly y: number;
      /** A quarter turn to the left. */
      readonly rotation?: number;
      readonly style: {
        readonly text: string;
        readonly font: string;
        readonly fill: string;
        readonly align: 'left' | 'center' | 'right';
        readonly verticalAlign: 'top' | 'middle' | 'bottom';
        readonly backgroundColor?: string;
        /** Above and below, left and right. */
        readonly padding?: readonly [number, number];
      };
    })
  | (ElementBase & {
      readonly type: 'line';
      readonly shape: { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number };
      readonly style: ShapeStyle;
    })
  | (ElementBase & {
      readonly type: 'circle';
      readonly shape: { readonly cx: number; readonly cy: number; readonly r: number };
      readonly style: ShapeStyle;
    })
  | (ElementBase & {
      readonly type: 'rect';
      readonly shape: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
      readonly style: ShapeStyle;
    })
  | (ElementBase & {
      readonly type: 'polygon';
      readonly shape: { readonly points: readonly (readonly [number, number])[] };
      readonly style: ShapeStyle;
    });
