/**
 * What decides how the same data look, beside the data themselves: part of every picture's cache key. Raise the look's number
 * with any change to a feature's `option`, `load`, the frame, the theme of the model or the PNG encoder. The workers refuse to
 * draw with another ECharts or font than named here.
 */
export const drawnWith = {
  look: 1,
  echarts: '6.1.0',
  canvas: '1.1.1',
  /** SHA-256 of the font files, regular then semibold. */
  fonts: 'c6be922d920e6a67987336aec47e5b325a5041bcebd58baed0bf395583481b34',
} as const;

export const rendererVersion: string = `look ${drawnWith.look}, echarts ${drawnWith.echarts}, canvas ${drawnWith.canvas}, inter ${drawnWith.fonts.slice(0, 12)}`;
