import { Failure } from '../../../../app/failure.ts';
import type { ScatterOption } from '../../../../app/plots/picture-option.ts';
import { circleOf, type Path } from '../raster/path.ts';
import { plainPen } from '../raster/stroke.ts';
import type { Tools } from './axes.ts';
import { inkFrom } from './colour.ts';
import { inPixels, type Panel } from './panel.ts';

/** Smaller ones are squares that are laid on one by one, as ECharts has it. */
const squaresBelowPx = 4;
/** What ECharts gives points that name none. */
const usualOpacity = 0.8;
/** How far beyond the panel a point's middle may lie. */
const beyondPx = 0.1;

/** Points of the panel: many as one shape, few as a shape each, which may have a rim. */
export function layScatter(series: ScatterOption, panel: Panel, { surface, path, layers }: Tools): void {
  const { symbol, symbolSize, itemStyle, z } = series;
  const opacity = itemStyle.opacity ?? usualOpacity;
  const ink = inkFrom(itemStyle.color, opacity);
  const [width, height] = typeof symbolSize === 'number' ? [symbolSize, symbolSize] : symbolSize;
  const left = panel.left - beyondPx;
  const top = panel.top - beyondPx;
  const right = left + (panel.left + panel.width - left + beyondPx);
  const bottom = top + (panel.top + panel.height - top + beyondPx);
  const points = series.large ? inPixels(panel, series.data) : preciselyInPixels(panel, series.data);
  const each = (place: (x: number, y: number) => void) => {
    for (let i = 0; i < points.length; i += 2) {
      const x = points[i];
      const y = points[i + 1];
      if (x >= left && x <= right && y >= top && y <= bottom) place(x, y);
    }
  };
  if (series.large) {
    layers.add(z, 0, () => {
      if (width < squaresBelowPx) {
        each((x, y) => surface.rect(x - width / 2, y - height / 2, width, height, ink));
        return;
      }
      const outline = outlineOf(symbol, width, height);
      path.clear();
      each((x, y) => outline(path, x, y));
      surface.fill(path, ink);
    });
    return;
  }
  const outline = outlineOf(symbol, width, height);
  const { borderColor, borderWidth = 0 } = itemStyle;
  layers.add(z, 100, () => {
    each((x, y) => {
      path.clear();
      outline(path, x, y);
      surface.fill(path, ink);
      if (borderColor === undefined || !(borderWidth > 0)) return;
      surface.stroke(path, plainPen(borderWidth), inkFrom(borderColor, opacity));
    });
  });
}

function preciselyInPixels({ scaleX, scaleY, shiftX, shiftY }: Panel, data: Float32Array): Float64Array {
  return Float64Array.from(data, (value, i) => (i % 2 === 0 ? scaleX * value + shiftX : scaleY * value + shiftY));
}

/** Adds a symbol's outline around a point. */
function outlineOf(symbol: string, width: number, height: number): (path: Path, x: number, y: number) => void {
  if (symbol === 'circle') {
    const around = circleOf(Math.min(width, height) / 2);
    return (path, x, y) => path.along(around, x, y);
  }
  const corners = cornersOf(symbol, width, height);
  return (path, x, y) => path.polygon(corners, x, y);
}

/** x and y by turns, from the middle of the symbol. */
function cornersOf(symbol: string, width: number, height: number): number[] {
  const [right, below] = [width / 2, height / 2];
  if (symbol === 'rect') return [-right, -below, right, -below, right, below, -right, below];
  if (symbol === 'triangle') return [0, -below, right, below, -right, below];
  if (symbol === 'diamond') return [0, -below, right, 0, 0, below, -right, 0];
  const steps = /^path:\/\/(?:[ML]-?\d+,-?\d+)+Z$/.test(symbol) ? [...symbol.matchAll(/[ML](-?\d+),(-?\d+)/g)] : [];
  if (steps.length < 3) throw new Failure('bug', `Pictures can't be drawn with the symbol ${symbol}.`);
  const xs = steps.map(([, x]) => Number(x));
  const ys = steps.map(([, , y]) => Number(y));
  const [fromX, fromY] = [Math.min(...xs), Math.min(...ys)];
  const [perX, perY] = [width / (Math.max(...xs) - fromX), height / (Math.max(...ys) - fromY)];
  return xs.flatMap((x, i) => [(x - fromX) * perX - right, (ys[i] - fromY) * perY - below]);
}
