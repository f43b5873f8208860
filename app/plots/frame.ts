import type { SizePx } from './feature.ts';
import { type AxisOption, type GraphicElement, type GridOption, labelMarginPx, type PictureOption } from './picture-option.ts';
import type { PlotTheme } from './theme.ts';

export interface LegendEntry {
  readonly text: string;
  readonly colour: string;
  readonly mark: 'solid' | 'dashed' | 'dotted' | 'circle' | 'triangle' | 'rect' | 'diamond' | 'cross';
}

export interface Frame {
  /** What every option starts from. */
  readonly base: Pick<PictureOption, 'backgroundColor' | 'animation' | 'textStyle'>;
  readonly graphics: readonly GraphicElement[];
  /** Where the plot may begin. */
  readonly topPx: number;
}

const marginPx = 14;
/** Panels with a titled axis beside them begin at 62 px or more. */
const mostTitleGapPx = 50;

/** A panel of the window too small for title and notes, which stand around it there: legend and axes remain, in smaller type. */
export function isCompact({ width, height }: SizePx): boolean {
  return width < 430 || height < 340;
}

/** The theme with the type that fits. */
export function fitted(theme: PlotTheme, sizePx: SizePx): PlotTheme {
  return isCompact(sizePx) ? { ...theme, fontSizePx: Math.min(theme.fontSizePx, 11) } : theme;
}

/** How many ticks have room. */
export function tickCount(lengthPx: number, perTickPx: number, most: number): number {
  return Math.max(2, Math.min(most, Math.floor(lengthPx / perTickPx)));
}

/**
 * Title, notes and legend, laid out from above; a compact panel has no notes. Text is wrapped by estimate, so it is the same
 * with every renderer.
 */
export function frame(
  theme: PlotTheme,
  sizePx: SizePx,
  heading: { readonly title?: string | undefined; readonly notes: readonly string[]; readonly legend: readonly LegendEntry[] },
): Frame {
  const graphics: GraphicElement[] = [];
  const widthPx = sizePx.width - 2 * marginPx;
  const titlePx = theme.fontSizePx + 2;
  const compact = isCompact(sizePx);
  let topPx = compact ? 6 : 12;
  for (const line of wrap(heading.title ?? '', widthPx, titlePx)) {
    graphics.push(textAt(theme, { text: line, x: marginPx, y: topPx, px: titlePx, bold: true }));
    topPx += titlePx + 5;
  }
  topPx += 1;
  for (const note of compact ? [] : heading.notes) {
    for (const line of wrap(note, widthPx, theme.fontSizePx - 1)) {
      graphics.push(textAt(theme, { text: line, x: marginPx, y: topPx, px: theme.fontSizePx - 1, colour: theme.mutedText }));
      topPx += theme.fontSizePx + 4;
    }
  }
  if (heading.legend.length > 0) {
    topPx += 3;
    const placed = (compact ? inRows : inColumns)(compact ? briefly(heading.legend) : heading.legend, widthPx, theme.fontSizePx);
    for (const { entry, x, row, markPx } of placed) {
      const y = topPx + row * (theme.fontSizePx + 6);
      graphics.push(...markAt(entry, marginPx + x, y + theme.fontSizePx / 2));
      graphics.push(textAt(theme, { text: entry.text, x: marginPx + x + markPx, y, px: theme.fontSizePx }));
    }
    topPx += (placed[placed.length - 1].row + 1) * (theme.fontSizePx + 6);
  }
  return {
    base: {
      backgroundColor: theme.background,
      animation: false,
      textStyle: { fontFamily: theme.fontFamily, fontSize: theme.fontSizePx, color: theme.text },
    },
    graphics,
    topPx: topPx + 6,
  };
}

interface PlacedEntry {
  readonly entry: LegendEntry;
  readonly x: number;
  readonly row: number;
  readonly markPx: number;
}

const entryGapPx = 20;
const tightGapPx = 12;

/** Entries under each other, as many columns as the widest allows. */
function inColumns(legend: readonly LegendEntry[], widthPx: number, fontPx: number): PlacedEntry[] {
  const widest = Math.max(...legend.map((entry) => textWidthPx(entry.text, fontPx)));
  const markPx = legend.some((entry) => isLine(entry.mark)) ? 32 : 18;
  const columnPx = widest + markPx + entryGapPx;
  const columns = Math.max(1, Math.min(legend.length, Math.floor((widthPx + entryGapPx) / columnPx)));
  return legend.map((entry, index) => ({ entry, x: (index % columns) * columnPx, row: Math.floor(index / columns), markPx }));
}

/** Entries one after the other, as words are. */
function inRows(legend: readonly LegendEntry[], widthPx: number, fontPx: number): PlacedEntry[] {
  let x = 0;
  let row = 0;
  return legend.map((entry) => {
    const markPx = isLine(entry.mark) ? 32 : 18;
    const entryPx = markPx + textWidthPx(entry.text, fontPx);
    if (x > 0 && x + entryPx > widthPx) {
      x = 0;
      row += 1;
    }
    const placed = { entry, x, row, markPx };
    x += entryPx + tightGapPx;
    return placed;
  });
}

/** Of many units in a small panel a legend of whole words would leave no room for the plot: the numbers stay. */
function briefly(legend: readonly LegendEntry[]): readonly LegendEntry[] {
  return legend.length > 4 ? legend.map((entry) => ({ ...entry, text: entry.text.replace(/ spikes?$| spikes?(?= · )/, '') })) : legend;
}

export function textAt(
  theme: PlotTheme,
  text: {
    readonly text: string;
    readonly x: number;
    readonly y: number;
    readonly px?: number;
    readonly bold?: boolean;
    readonly colour?: string;
    readonly align?: 'left' | 'center' | 'right';
    readonly verticalAlign?: 'top' | 'middle' | 'bottom';
    readonly turned?: boolean;
    /** Painted behind the letters, where they lie over data. */
    readonly background?: string;
  },
): GraphicElement {
  return {
    type: 'text',
    silent: true,
    x: text.x,
    y: text.y,
    z: 100,
    ...(text.turned ? { rotation: Math.PI / 2 } : {}),
    style: {
      text: text.text,
      font: `${text.bold ? 600 : 400} ${text.px ?? theme.fontSizePx}px "${theme.fontFamily}"`,
      fill: text.colour ?? theme.text,
      align: text.align ?? 'left',
      verticalAlign: text.verticalAlign ?? 'top',
      ...(text.background ? { backgroundColor: text.background, padding: [1, 3] } : {}),
    },
  };
}

function markAt(entry: LegendEntry, x: number, y: number): GraphicElement[] {
  const common = { silent: true, z: 100 } as const;
  const centre = x + 6;
  switch (entry.mark) {
    case 'solid':
    case 'dashed':
    case 'dotted':
      return [
        {
          ...common,
          type: 'line',
          shape: { x1: x, y1: y, x2: x + 26, y2: y },
          style: { stroke: entry.colour, lineWidth: 2.5, lineDash: dashOf(entry.mark, 2.5) },
        },
      ];
    case 'circle':
      return [{ ...common, type: 'circle', shape: { cx: centre, cy: y, r: 5 }, style: { fill: entry.colour } }];
    case 'rect':
      return [{ ...common, type: 'rect', shape: { x: centre - 4.5, y: y - 4.5, width: 9, height: 9 }, style: { fill: entry.colour } }];
    case 'triangle':
      return [polygon(entry.colour, [centre, y - 5.5, centre + 6, y + 5, centre - 6, y + 5])];
    case 'diamond':
      return [polygon(entry.colour, [centre, y - 6.5, centre + 6.5, y, centre, y + 6.5, centre - 6.5, y])];
    case 'cross': {
      const arm = { stroke: entry.colour, lineWidth: 1.5 };
      return [
        { ...common, type: 'line', shape: { x1: centre - 5, y1: y, x2: centre + 5, y2: y }, style: arm },
        { ...common, type: 'line', shape: { x1: centre, y1: y - 5, x2: centre, y2: y + 5 }, style: arm },
      ];
    }
    default:
      return entry.mark satisfies never;
  }
}

function polygon(colour: string, flat: readonly number[]): GraphicElement {
  const points: [number, number][] = [];
  for (let i = 0; i < flat.length; i += 2) points.push([flat[i], flat[i + 1]]);
  return { type: 'polygon', silent: true, z: 100, shape: { points }, style: { fill: colour } };
}

function isLine(mark: LegendEntry['mark']): boolean {
  return mark === 'solid' || mark === 'dashed' || mark === 'dotted';
}

/** Dash pattern in pixels, as ECharts would draw it for a line of that width. */
function dashOf(mark: 'solid' | 'dashed' | 'dotted', widthPx: number): number[] | undefined {
  if (mark === 'solid') return undefined;
  return mark === 'dashed' ? [4 * widthPx, 2 * widthPx] : [widthPx, widthPx];
}

/** Width of text in Inter, within about 5 %. */
export function textWidthPx(text: string, px: number): number {
  let width = 0;
  for (const letter of text) {
    if ('iljI.,:;|!\'"()[] ·'.includes(letter)) width += 0.31;
    else if (letter >= '0' && letter <= '9') width += 0.62;
    else if ('mwMW%@'.includes(letter)) width += 0.9;
    else if (letter >= 'A' && letter <= 'Z') width += 0.7;
    else width += 0.57;
  }
  return width * px;
}

/** The first that the room allows, or the last. */
export function wordingThatFits(wordings: readonly string[], roomPx: number, px: number): string {
  return wordings.find((text) => textWidthPx(text, px) <= roomPx) ?? wordings[wordings.length - 1];
}

function wrap(text: string, widthPx: number, px: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidthPx(longer, px) > widthPx) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}

export interface AxisChoice {
  readonly title?: string | undefined;
  readonly gridIndex: number;
  readonly min: number;
  readonly max: number;
  /** Distance of ticks. */
  readonly step: number;
  readonly titleGapPx?: number;
  readonly labels?: boolean;
  readonly gridLines?: boolean;
  readonly fontSizePx?: number;
  readonly ticks?: boolean;
}

/** One value axis with a title in the middle. The ends are exact; ticks are multiples of the step. */
export function valueAxis(theme: PlotTheme, along: 'x' | 'y', axis: AxisChoice): AxisOption {
  const customValues = ticksOf(axis);
  const labelPx = axis.fontSizePx ?? theme.fontSizePx - 1;
  return {
    type: 'value',
    gridIndex: axis.gridIndex,
    min: axis.min,
    max: axis.max,
    interval: axis.step,
    ...(axis.title
      ? {
          name: axis.title,
          nameLocation: 'middle',
          nameGap: along === 'x' ? (axis.titleGapPx ?? 26) : titleGapBeside(axis, customValues, labelPx),
          nameTextStyle: { color: theme.text, fontSize: theme.fontSizePx, fontFamily: theme.fontFamily },
        }
      : {}),
    nameMoveOverlap: false,
    axisLine: { show: true, onZero: false, lineStyle: { color: theme.axis, width: 1 } },
    axisTick: { show: axis.ticks ?? axis.labels ?? true, customValues, length: 4, lineStyle: { color: theme.axis } },
    axisLabel: {
      show: axis.labels ?? true,
      color: theme.mutedText,
      fontSize: labelPx,
      fontFamily: theme.fontFamily,
      customValues,
      hideOverlap: false,
    },
    splitLine: { show: axis.gridLines ?? true, lineStyle: { color: theme.grid, width: 1 } },
    axisPointer: { show: false },
    silent: true,
  };
}

/** Beyond the longest label, but not so far that the title leaves the picture. */
function titleGapBeside(axis: AxisChoice, ticks: readonly number[], labelPx: number): number {
  const widest = (axis.labels ?? true) ? Math.max(0, ...ticks.map((tick) => textWidthPx(String(tick), labelPx))) : 0;
  return Math.max(axis.titleGapPx ?? 46, Math.min(mostTitleGapPx, Math.ceil(labelMarginPx + widest) + 3));
}

/** A panel that stays where it is put. */
export function panelAt(place: Omit<GridOption, 'outerBoundsMode'>): GridOption {
  return { ...place, outerBoundsMode: 'none' };
}

/** Multiples of the step within the axis: left to itself ECharts counts from the lower end. */
function ticksOf({ min, max, step }: AxisChoice): number[] {
  const ticks: number[] = [];
  const reach = (max - min) * 1e-6;
  for (let k = Math.ceil((min - reach) / step); k * step <= max + reach; k++) ticks.push(Number((k * step).toPrecision(12)) + 0);
  return ticks;
}

/**
 * The order in which parts of units are painted: round by round, forwards and backwards by turns, so that no unit lies over
 * another everywhere.
 */
export function paintingOrder(unitCount: number, roundCount: number): { unit: number; round: number }[] {
  const order: { unit: number; round: number }[] = [];
  for (let round = 0; round < roundCount; round++) {
    for (let i = 0; i < unitCount; i++) order.push({ unit: round % 2 === 0 ? i : unitCount - 1 - i, round });
  }
  return order;
}
