import { labelMarginPx } from '../../../../app/plots/picture-option.ts';
import type { Path } from '../raster/path.ts';
import { plainPen } from '../raster/stroke.ts';
import type { Surface } from '../raster/surface.ts';
import type { Typeface } from '../raster/type.ts';
import { inkFrom } from './colour.ts';
import type { Layers } from './layers.ts';
import { alongAxis, type Panel } from './panel.ts';

/** Lines across the panel, the axis line with ticks and labels, and its title; from the bottom up, as ECharts stacks them. */
export function layAxis(panel: Panel, along: 'x' | 'y', regular: Typeface, { surface, path, layers }: Tools): void {
  const axis = panel[along];
  const { left, top, width, height } = panel;
  const bottom = top + height;
  const ticks = axis.axisTick.customValues.filter((value) => value >= axis.min && value <= axis.max);
  const places = ticks.map((value) => (along === 'x' ? left + alongAxis(axis, width, value) : bottom - alongAxis(axis, height, value)));
  const { splitLine, axisLine, axisTick, axisLabel } = axis;

  if (splitLine.show) {
    const { color, width: linePx } = splitLine.lineStyle;
    const ink = inkFrom(color);
    layers.add(0, 0, () => {
      for (const place of places) {
        const at = crisp(place, linePx);
        if (along === 'x') surface.line(at, top, at, bottom, linePx, ink);
        else surface.line(left, at, left + width, at, linePx, ink);
      }
    });
  }
  layers.add(0, 1, () => {
    layTitle(panel, along, regular, surface);
    const { color, width: linePx } = axisLine.lineStyle;
    const at = crisp(along === 'x' ? bottom : left, linePx);
    path.clear();
    path.moveTo(along === 'x' ? left : at, along === 'x' ? at : bottom);
    path.lineTo(along === 'x' ? left + width : at, along === 'x' ? at : top);
    surface.stroke(path, { ...plainPen(linePx), cap: 'round' }, inkFrom(color));
  });
  if (axisTick.show) {
    const ink = inkFrom(axisTick.lineStyle.color);
    layers.add(0, 2, () => {
      for (const place of places) {
        const at = crisp(place, 1);
        if (along === 'x') surface.line(at, bottom, at, bottom + axisTick.length, 1, ink);
        else surface.line(left, at, left - axisTick.length, at, 1, ink);
      }
    });
  }
  if (axisLabel.show) {
    const ink = inkFrom(axisLabel.color);
    const sizePx = axisLabel.fontSize;
    layers.add(0, 10, () => {
      for (const [i, value] of ticks.entries()) {
        const words = labelOf(value);
        if (along === 'x') {
          const y = bottom + labelMarginPx + lineHeightPx(regular, sizePx) / 2;
          surface.text(words, places[i], y, { typeface: regular, sizePx, align: 'center', baseline: 'middle' }, ink);
        } else surface.text(words, left - labelMarginPx, places[i], { typeface: regular, sizePx, align: 'right', baseline: 'middle' }, ink);
      }
    });
  }
}

/** What is painted with: a path that serves one shape after the other. */
export interface Tools {
  readonly surface: Surface;
  readonly path: Path;
  readonly layers: Layers;
}

/** The height of a line as ECharts has it: the width of a letter that our font has only as its empty box. */
export function lineHeightPx(typeface: Typeface, sizePx: number): number {
  return typeface.glyphsOf('国').width * sizePx;
}

function layTitle(panel: Panel, along: 'x' | 'y', typeface: Typeface, surface: Surface): void {
  const { name, nameGap = 0, nameTextStyle } = panel[along];
  if (name === undefined || nameTextStyle === undefined) return;
  const sizePx = nameTextStyle.fontSize;
  const { left, top, width, height } = panel;
  const beside = nameGap + lineHeightPx(typeface, sizePx) / 2;
  const style = { typeface, sizePx, align: 'center', baseline: 'middle', upwards: along === 'y' } as const;
  const ink = inkFrom(nameTextStyle.color);
  if (along === 'x') surface.text(name, left + width / 2, top + height + beside, style, ink);
  else surface.text(name, left - beside, top + height / 2, style, ink);
}

/** The place of a line that begins and ends on whole pixels. */
function crisp(place: number, widthPx: number): number {
  const doubled = Math.round(place * 2);
  return (doubled + Math.round(widthPx)) % 2 === 0 ? doubled / 2 : (doubled + 1) / 2;
}

/** As many digits as the number has, with commas between thousands. */
function labelOf(value: number): string {
  const [significand, exponent = '0'] = String(value).split('e');
  const decimals = Math.max(0, (significand.split('.')[1] ?? '').length - Number(exponent));
  const [whole, fraction] = value.toFixed(Math.min(20, decimals)).split('.');
  return whole.replace(/(\d{1,3})(?=(?:\d{3})+(?!\d))/g, '$1,') + (fraction === undefined ? '' : `.${fraction}`);
}
