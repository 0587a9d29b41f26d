/** Mantine, dressed in the tokens: no colour, size or font of its own is left. */
import {
  ActionIcon,
  Button,
  type CSSVariablesResolver,
  createTheme,
  Input,
  type MantineColorsTuple,
  Menu,
  Popover,
  Select,
  Switch,
  Tooltip,
} from '@mantine/core';

const shades = (token: string): MantineColorsTuple =>
  Array.from({ length: 10 }, () => `var(--${token})`) as unknown as MantineColorsTuple;

const HEIGHTS: Record<string, string> = { xs: '24px', sm: 'var(--h-control)', md: 'var(--h-control-lg)' };
const heightOf = (size: unknown): string => HEIGHTS[String(size)] ?? 'var(--h-control)';

/** What floats: a border, the surface, and the one shadow there is. */
const floating = {
  background: 'var(--bg-surface)',
  border: '1px solid var(--line)',
  borderRadius: 'var(--radius-lg)',
  boxShadow: 'var(--shadow-pop)',
  padding: '4px',
};

export const theme = createTheme({
  primaryColor: 'accent',
  colors: { accent: shades('accent') },
  fontFamily: 'var(--font-ui)',
  fontFamilyMonospace: 'var(--font-mono)',
  fontSizes: {
    xs: 'var(--text-xs)',
    sm: 'var(--text-sm)',
    md: 'var(--text-md)',
    lg: 'var(--text-lg)',
    xl: 'var(--text-xl)',
  },
  lineHeights: { xs: '1.25', sm: '1.35', md: '1.45', lg: '1.45', xl: '1.45' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '20px' },
  radius: { xs: '4px', sm: '4px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: 'md',
  shadows: { xs: 'none', sm: 'none', md: 'var(--shadow-pop)', lg: 'var(--shadow-pop)', xl: 'var(--shadow-pop)' },
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      defaultProps: { size: 'sm', variant: 'default' },
      vars: (_, props) => ({
        root: {
          '--button-height': heightOf(props.size),
          '--button-padding-x': props.size === 'xs' ? '8px' : '10px',
          '--button-fz': props.size === 'xs' ? 'var(--text-sm)' : 'var(--text-md)',
        },
      }),
    }),
    ActionIcon: ActionIcon.extend({
      defaultProps: { size: 'sm', variant: 'subtle' },
      vars: (_, props) => ({ root: { '--ai-size': heightOf(props.size) } }),
    }),
    Tooltip: Tooltip.extend({
      defaultProps: {
        position: 'bottom',
        openDelay: 500,
        withArrow: false,
        offset: 6,
        multiline: true,
        maw: 280,
        transitionProps: { duration: 0 },
      },
    }),
    Menu: Menu.extend({
      defaultProps: {
        offset: 4,
        transitionProps: { duration: 0 },
        position: 'bottom-start',
        styles: { dropdown: floating },
      },
    }),
    Popover: Popover.extend({
      defaultProps: {
        offset: 4,
        transitionProps: { duration: 0 },
        position: 'bottom-start',
        styles: { dropdown: floating },
      },
    }),
    Select: Select.extend({ defaultProps: { size: 'sm', styles: { dropdown: floating } } }),
    Input: Input.extend({
      vars: () => ({ wrapper: { '--input-height': 'var(--h-control)', '--input-fz': 'var(--text-md)' }, root: {} }),
    }),
    Switch: Switch.extend({ defaultProps: { size: 'xs', withThumbIndicator: false } }),
  },
});

const variables = {
  '--mantine-color-body': 'var(--bg-surface)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-bright': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--ink-3)',
  '--mantine-color-placeholder': 'var(--ink-3)',
  '--mantine-color-error': 'var(--error)',
  '--mantine-color-default': 'var(--bg-surface)',
  '--mantine-color-default-hover': 'var(--bg-hover)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-default-border': 'var(--line)',
  '--mantine-color-disabled': 'var(--bg-sunken)',
  '--mantine-color-disabled-color': 'var(--ink-3)',
  '--mantine-color-disabled-border': 'var(--line)',
  '--mantine-color-accent-filled': 'var(--accent)',
  '--mantine-color-accent-filled-hover': 'var(--accent-hover)',
  '--mantine-color-accent-light': 'var(--accent-soft)',
  '--mantine-color-accent-light-hover': 'var(--accent-soft)',
  '--mantine-color-accent-light-color': 'var(--accent-ink)',
  '--mantine-primary-color-contrast': 'var(--on-accent)',
};

/** The tokens change with the theme by themselves, so both schemes read the same names. */
export const variablesResolver: CSSVariablesResolver = () => ({ variables: {}, light: variables, dark: variables });
