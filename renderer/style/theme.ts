import { Button, type CSSVariablesResolver, createTheme, Input, type MantineColorsTuple } from '@mantine/core';

const accent: MantineColorsTuple = [
  '#ecebfb',
  '#d8d5f6',
  '#b9b4ee',
  '#a09aff',
  '#837be4',
  '#6a61d8',
  '#5b52d0',
  '#4f46c8',
  '#4239ae',
  '#352e8f',
];

const dark: MantineColorsTuple = [
  '#e6e8eb',
  '#c3c9d0',
  '#a3acb6',
  '#7b848e',
  '#3a4047',
  '#2c3036',
  '#1e2125',
  '#16181b',
  '#121416',
  '#0d0f10',
];

/** Mantine held to the frame's own tokens: sizes 12 to 20, radius 4, one accent. */
export const theme = createTheme({
  fontFamily: 'var(--font-ui)',
  fontFamilyMonospace: 'var(--font-mono)',
  headings: { fontFamily: 'var(--font-ui)', fontWeight: '600' },
  colors: { accent, dark },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 4,
  radius: { xs: '2px', sm: '4px', md: '4px', lg: '4px', xl: '4px' },
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '14px', xl: '16px' },
  lineHeights: { xs: '16px', sm: '18px', md: '18px', lg: '20px', xl: '24px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  respectReducedMotion: true,
  cursorType: 'default',
  components: {
    // Buttons and fields are as high as a row, so that they line up wherever they stand side by side.
    Button: Button.extend({
      defaultProps: { size: 'xs', variant: 'default', fw: 500 },
      vars: (_theme, { size }) => ({
        root: size === 'xs' ? { '--button-height': '28px', '--button-fz': '13px', '--button-padding-x': '10px' } : {},
      }),
    }),
    Input: Input.extend({ vars: () => ({ wrapper: { '--input-height': '28px', '--input-fz': '13px' } }) }),
    ActionIcon: { defaultProps: { size: 26, variant: 'subtle', color: 'gray' } },
    TextInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs', comboboxProps: { transitionProps: { duration: 80 } } } },
    NativeSelect: { defaultProps: { size: 'xs' } },
    MultiSelect: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Radio: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs', transitionDuration: 120 } },
    Tooltip: { defaultProps: { openDelay: 350, transitionProps: { duration: 120 }, withArrow: false, fz: 12 } },
    // The page itself never scrolls, and locking it would write a style element of its own.
    Modal: {
      defaultProps: {
        lockScroll: false,
        transitionProps: { duration: 120 },
        centered: true,
        shadow: 'md',
        closeButtonProps: { 'aria-label': 'Close' },
        // The bar of the window is its one banner.
        attributes: { header: { role: 'presentation' } },
      },
    },
    Menu: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'md' } },
  },
});

/** Mantine's own variables, pointed at the tokens that change with the theme. */
export const cssVariablesResolver: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--frame)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-bright': 'var(--text)',
    '--mantine-color-dimmed': 'var(--text-muted)',
    '--mantine-color-placeholder': 'var(--text-faint)',
    '--mantine-color-default': 'var(--frame)',
    '--mantine-color-default-hover': 'var(--frame-raised)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-disabled': 'var(--frame-raised)',
    '--mantine-color-disabled-color': 'var(--text-faint)',
    '--mantine-color-disabled-border': 'var(--line)',
    '--mantine-color-error': 'var(--failed)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-shadow-md': 'var(--shadow)',
  };
  return { variables: {}, light: shared, dark: shared };
};
