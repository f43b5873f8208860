/** A colour with its strength, ready to be laid on: what each share of coverage (0 to 255) comes to. */
export interface Ink {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  /** For each coverage from 0 to 255 how much of the colour there is, from 0 to 255. */
  readonly shares: Uint8Array;
}

const sharesOf = new Map<number, Uint8Array>();

/** Red, green and blue from 0 to 255, `opacity` from 0 to 1. */
export function inkOf(red: number, green: number, blue: number, opacity: number): Ink {
  let shares = sharesOf.get(opacity);
  if (!shares) {
    const isFull = Math.round(opacity * 255) === 255;
    shares = Uint8Array.from({ length: 256 }, (_, coverage) => (isFull ? coverage : Math.round(coverage * opacity)));
    if (sharesOf.size > 1000) sharesOf.clear();
    sharesOf.set(opacity, shares);
  }
  return { red, green, blue, shares };
}
