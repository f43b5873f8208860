import { useComputedColorScheme } from '@mantine/core';
import { darkTheme, lightTheme, type PlotTheme } from '../../app/plots/theme.ts';

/** What charts on screen take from the window's theme. */
export function usePlotTheme(): PlotTheme {
  return useComputedColorScheme('light') === 'dark' ? darkTheme : lightTheme;
}
