import { Failure } from '../../../../app/failure.ts';
import { type Ink, inkOf } from '../raster/ink.ts';

const known = new Map<string, Ink>();

/** Ink of a colour as our options write them (`#rrggbb`, `rgba(r,g,b,a)`) at an opacity of 0 to 1. */
export function inkFrom(colour: string, opacity = 1): Ink {
  const key = `${colour} ${opacity}`;
  let ink = known.get(key);
  if (!ink) {
    const [red, green, blue, alpha] = parsed(colour);
    ink = inkOf(red, green, blue, alpha * opacity);
    if (known.size > 1000) known.clear();
    known.set(key, ink);
  }
  return ink;
}

function parsed(colour: string): readonly [number, number, number, number] {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (hex) return [Number.parseInt(hex[1], 16), Number.parseInt(hex[2], 16), Number.parseInt(hex[3], 16), 1];
  const parts = /^rgba\((\d+), ?(\d+), ?(\d+), ?([\d.]+)\)$/.exec(colour);
  if (parts) return [Number(parts[1]), Number(parts[2]), Number(parts[3]), Number(parts[4])];
  throw new Failure('bug', `Pictures can't be drawn with the colour ${colour}.`);
}
