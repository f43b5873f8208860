import { parse } from 'opentype.js/dist/opentype.mjs';
import { Failure } from '../../../../app/failure.ts';
import { Coverage } from './coverage.ts';
import { Path } from './path.ts';

/** One glyph as shares of ink: rows of `width` bytes whose first lies at (left, top) from the pen. */
export interface GlyphMask {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly ink: Uint8Array;
}

/** A font file at any size: widths, and glyphs as masks that are made once. */
export interface Typeface {
  /** Where the glyphs of a line begin, at 1 px, without kerning. A character the font lacks is its empty box. */
  readonly glyphsOf: (text: string) => { readonly glyphs: readonly number[]; readonly at: readonly number[]; readonly width: number };
  /** From the baseline up and (negative) down, at 1 px. */
  readonly ascent: number;
  readonly descent: number;
  /** True where every character has a glyph. */
  readonly has: (text: string) => boolean;
  /** `turn` is 0 for a line to the right, 1 for one upwards; the phase is in quarters of a pixel along the line. */
  readonly masks: (sizePx: number, turn: 0 | 1) => (glyph: number, phase: number) => GlyphMask;
}

export const phases = 4;

/** Fonts of the outline kind, as opentype.js gives them; just what is used here. */
interface FontOutlines {
  readonly unitsPerEm: number;
  readonly ascender: number;
  readonly descender: number;
  charToGlyphIndex(character: string): number;
  readonly glyphs: { get(index: number): Glyph };
}

interface Glyph {
  readonly advanceWidth?: number;
  readonly path: { readonly commands: readonly GlyphCommand[] };
}

interface GlyphCommand {
  readonly type: string;
  readonly x?: number;
  readonly y?: number;
  readonly x1?: number;
  readonly y1?: number;
  readonly x2?: number;
  readonly y2?: number;
}

/** Room for the largest glyph that is drawn from a mask. */
const largestPx = 96;
/** Text of the pictures repeats itself; what is older than so many masks is made again. */
const mostMasks = 4000;

/** From a font file (TrueType, OpenType or WOFF 1); throws `bug` where it is none. */
export function typefaceOf(file: Uint8Array): Typeface {
  const font = outlinesOf(file);
  const { unitsPerEm } = font;
  const masks = new Map<string, Map<number, GlyphMask>>();
  let maskCount = 0;
  const lines = new Map<string, ReturnType<Typeface['glyphsOf']>>();
  const side = 2 * largestPx;
  const coverage = new Coverage();
  coverage.reset(side, side);
  const path = new Path();

  const glyphsOf = (text: string) => {
    const known = lines.get(text);
    if (known) return known;
    const glyphs: number[] = [];
    const at: number[] = [];
    let width = 0;
    for (const character of text) {
      const glyph = font.charToGlyphIndex(character);
      glyphs.push(glyph);
      at.push(width);
      width += (font.glyphs.get(glyph).advanceWidth ?? 0) / unitsPerEm;
    }
    const line = { glyphs, at, width };
    if (lines.size >= mostMasks) lines.clear();
    lines.set(text, line);
    return line;
  };

  const draw = (glyph: number, sizePx: number, turn: 0 | 1, phase: number): GlyphMask => {
    if (sizePx > largestPx) throw new Failure('bug', `Text of ${sizePx} px is larger than pictures have it.`);
    const scale = sizePx / unitsPerEm;
    const shift = phase / phases;
    const x = turn === 0 ? (fx: number, _: number) => largestPx + shift + fx * scale : (_: number, fy: number) => largestPx - fy * scale;
    const y = turn === 0 ? (_: number, fy: number) => largestPx - fy * scale : (fx: number, _: number) => largestPx - shift - fx * scale;
    path.clear();
    for (const { type, x: fx = 0, y: fy = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0 } of font.glyphs.get(glyph).path.commands) {
      if (type === 'M') path.moveTo(x(fx, fy), y(fx, fy));
      else if (type === 'L') path.lineTo(x(fx, fy), y(fx, fy));
      else if (type === 'Q') path.quadraticTo(x(x1, y1), y(x1, y1), x(fx, fy), y(fx, fy));
      else if (type === 'C') path.cubicTo(x(x1, y1), y(x1, y1), x(x2, y2), y(x2, y2), x(fx, fy), y(fx, fy));
      else path.close();
    }
    fill(path, coverage);
    let [left, top, right, bottom] = [side, side, 0, 0];
    const ink = new Uint8Array(side * side);
    coverage.sweep((row, from, to, amount) => {
      ink.fill(amount, row * side + from, row * side + to);
      left = Math.min(left, from);
      right = Math.max(right, to);
      top = Math.min(top, row);
      bottom = Math.max(bottom, row + 1);
    });
    const width = Math.max(0, right - left);
    const height = Math.max(0, bottom - top);
    const kept = new Uint8Array(width * height);
    for (let row = 0; row < height; row++) kept.set(ink.subarray((top + row) * side + left, (top + row) * side + right), row * width);
    return { left: left - largestPx, top: top - largestPx, width, height, ink: kept };
  };

  return {
    glyphsOf,
    ascent: font.ascender / unitsPerEm,
    descent: font.descender / unitsPerEm,
    has: (text) => [...text].every((character) => font.charToGlyphIndex(character) > 0),
    masks(sizePx, turn) {
      const key = `${sizePx} ${turn}`;
      let known = masks.get(key);
      if (!known) {
        known = new Map();
        masks.set(key, known);
      }
      const own = known;
      return (glyph, phase) => {
        const made = own.get(glyph * phases + phase);
        if (made) return made;
        if (maskCount >= mostMasks) {
          masks.clear();
          own.clear();
          maskCount = 0;
        }
        const mask = draw(glyph, sizePx, turn, phase);
        own.set(glyph * phases + phase, mask);
        maskCount++;
        return mask;
      };
    },
  };
}

function outlinesOf(file: Uint8Array): FontOutlines {
  try {
    return parse(Uint8Array.from(file).buffer) as FontOutlines;
  } catch (error) {
    throw new Failure('bug', 'The font of the pictures could not be loaded. Install Samecell again.', {}, error);
  }
}

/** Adds the inside of every subpath, each closed by a straight line. */
export function fill(path: Path, coverage: Coverage): void {
  const { points, starts } = path;
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i];
    const end = path.endOf(i);
    if (end - start < 6) continue;
    let x = points[end - 2];
    let y = points[end - 1];
    for (let at = start; at < end; at += 2) {
      coverage.edge(x, y, points[at], points[at + 1]);
      x = points[at];
      y = points[at + 1];
    }
  }
}
