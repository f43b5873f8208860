/**
 * What decides how the same data look, beside the data themselves: part of every picture's cache key. Raise the look's number
 * with any change to a feature's `option`, `load`, the frame, the theme of the model, the drawing of charts, the rasteriser or the PNG
 * encoder. The workers refuse to draw with another font than named here.
 */
export const drawnWith = {
  look: 3,
  /** SHA-256 of the font files, regular then semibold. */
  fonts: 'b7a2b51da02adf106e9888db88c760bd013c05ed13b05e3fd897843520c24cfb',
} as const;

export const rendererVersion: string = `look ${drawnWith.look}, inter ${drawnWith.fonts.slice(0, 12)}`;
