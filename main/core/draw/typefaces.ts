import { Failure } from '../../../app/failure.ts';
import type { FontFiles } from './fonts.ts';
import { type Typeface, typefaceOf } from './raster/type.ts';

/** Regular and semibold: the one family of the pictures. */
export interface Typefaces {
  readonly regular: Typeface;
  readonly semibold: Typeface;
  /** For a CSS font as our options write it; throws `bug` for one without a size. */
  of(font: string): { readonly typeface: Typeface; readonly sizePx: number };
}

export function typefacesOf(files: FontFiles): Typefaces {
  const regular = typefaceOf(files.regular);
  const semibold = typefaceOf(files.semibold);
  const known = new Map<string, ReturnType<Typefaces['of']>>();
  return {
    regular,
    semibold,
    of(font) {
      let type = known.get(font);
      if (!type) {
        const parts = /^([1-9]00) (\d+(?:\.\d+)?)px /.exec(font);
        if (!parts) throw new Failure('bug', `Pictures can't be drawn with the font ${font}.`);
        type = { typeface: Number(parts[1]) >= 600 ? semibold : regular, sizePx: Number(parts[2]) };
        if (known.size > 1000) known.clear();
        known.set(font, type);
      }
      return type;
    },
  };
}
