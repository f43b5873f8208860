/** Everything a chart takes from its surroundings. The model's picture always uses `modelTheme`. */
export interface PlotTheme {
  readonly name: 'light' | 'dark' | 'model';
  readonly background: string;
  readonly text: string;
  readonly mutedText: string;
  readonly axis: string;
  readonly grid: string;
  readonly band: string;
  readonly neutral: string;
  readonly fontFamily: string;
  readonly fontSizePx: number;
  /** One per unit in group order (Okabe–Ito). */
  readonly units: readonly string[];
  /** Line dash per unit, so that colour is never alone. */
  readonly dashes: readonly ('solid' | 'dashed' | 'dotted')[];
  readonly symbols: readonly string[];
}

const unitColours = ['#0072B2', '#E69F00', '#009E73', '#CC79A7', '#56B4E9', '#D55E00', '#8C6D1F', '#999999'] as const;
const dashes = ['solid', 'dashed', 'dotted', 'solid', 'dashed', 'dotted', 'solid', 'dashed'] as const;
const symbols = ['circle', 'triangle', 'rect', 'diamond', 'circle', 'triangle', 'rect', 'diamond'] as const;

/** What the model sees: fixed, whatever the window looks like. The family is the bundled file under a name no system has. */
export const modelTheme: PlotTheme = {
  name: 'model',
  background: '#ffffff',
  text: '#1b1f24',
  mutedText: '#57606a',
  axis: '#8c959f',
  grid: '#eaeef2',
  band: 'rgba(140,149,159,0.22)',
  neutral: '#6e7781',
  fontFamily: 'Samecell Inter',
  fontSizePx: 13,
  units: unitColours,
  dashes,
  symbols,
};

export const lightTheme: PlotTheme = { ...modelTheme, name: 'light', fontFamily: 'Inter', fontSizePx: 12 };

export const darkTheme: PlotTheme = {
  ...modelTheme,
  name: 'dark',
  fontFamily: 'Inter',
  background: '#16181b',
  text: '#e6e8eb',
  mutedText: '#9aa3ad',
  axis: '#6b747e',
  grid: '#2c3036',
  band: 'rgba(154,163,173,0.20)',
  neutral: '#9aa3ad',
  fontSizePx: 12,
  units: ['#4BA3DB', '#F2B233', '#2DBE93', '#DD93BD', '#7CC8F2', '#F0803C', '#C7A64D', '#B3B3B3'],
};
