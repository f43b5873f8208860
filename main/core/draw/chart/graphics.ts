import type { GraphicElement } from '../../../../app/plots/picture-option.ts';
import { circleOf } from '../raster/path.ts';
import { plainPen } from '../raster/stroke.ts';
import type { Typefaces } from '../typefaces.ts';
import { lineHeightPx, type Tools } from './axes.ts';
import { inkFrom } from './colour.ts';

/** Text and shapes that stand at places of the picture. */
export function layGraphic(element: GraphicElement, typefaces: Typefaces, tools: Tools): void {
  const { layers } = tools;
  if (element.type === 'text') layers.add(element.z, 0, () => paintText(element, typefaces, tools));
  else layers.add(element.z, 0, () => paintShape(element, tools));
}

function paintText(element: GraphicElement & { type: 'text' }, typefaces: Typefaces, { surface }: Tools): void {
  const { text, font, fill, align, verticalAlign, backgroundColor, padding = [0, 0] } = element.style;
  const { typeface, sizePx } = typefaces.of(font);
  const heightPx = lineHeightPx(typeface, sizePx);
  const [above, beside] = padding;
  const upwards = element.rotation !== undefined;
  if (backgroundColor !== undefined) {
    const width = typeface.glyphsOf(text).width * sizePx + 2 * beside;
    const height = heightPx + 2 * above;
    const left = element.x - (align === 'center' ? width / 2 : align === 'right' ? width : 0);
    const top = element.y - (verticalAlign === 'middle' ? height / 2 : verticalAlign === 'bottom' ? height : 0);
    surface.rect(left, top, width, height, inkFrom(backgroundColor));
  }
  const inwards = align === 'left' ? beside : align === 'right' ? -beside : 0;
  const down = verticalAlign === 'top' ? heightPx / 2 + above : verticalAlign === 'bottom' ? -heightPx / 2 - above : 0;
  const [x, y] = upwards ? [element.x + down, element.y - inwards] : [element.x + inwards, element.y + down];
  surface.text(text, x, y, { typeface, sizePx, align, baseline: 'middle', upwards }, inkFrom(fill));
}

function paintShape(element: Exclude<GraphicElement, { type: 'text' }>, { surface, path }: Tools): void {
  const { fill, stroke, lineWidth = 1, lineDash = [] } = element.style;
  path.clear();
  if (element.type === 'line') {
    const { x1, y1, x2, y2 } = element.shape;
    path.along([x1, y1, x2, y2]);
  } else if (element.type === 'circle') {
    const { cx, cy, r } = element.shape;
    path.along(circleOf(r), cx, cy);
  } else if (element.type === 'rect') {
    const { x, y, width, height } = element.shape;
    path.polygon([x, y, x + width, y, x + width, y + height, x, y + height]);
  } else path.polygon(element.shape.points.flat());
  if (fill !== undefined && fill !== 'none') surface.fill(path, inkFrom(fill));
  if (stroke !== undefined && stroke !== 'none') surface.stroke(path, { ...plainPen(lineWidth), dashesPx: lineDash }, inkFrom(stroke));
}
