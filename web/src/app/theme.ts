import { createTheme, type CSSVariablesResolver, Modal, Drawer, Tooltip } from '@mantine/core';
import { texts } from '../texts';

const system = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif';
const mono = 'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace';

/** Dense and quiet: small text, neutral greys, one accent; other colours mean a state. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  fontFamily: system,
  fontFamilyMonospace: mono,
  fontSizes: { xs: '0.8125rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  headings: {
    fontFamily: system,
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.25rem' }, h2: { fontSize: '1rem' }, h3: { fontSize: '0.875rem' } },
  },
  defaultRadius: 6,
  cursorType: 'pointer',
  focusRing: 'auto',
  colors: {
    dark: ['#e6e7ea', '#b9bcc4', '#9a9ea8', '#737883', '#3a3d45', '#2d3037', '#232529', '#1a1b1f', '#141518', '#0e0f11'],
  },
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { size: 'md', variant: 'subtle', color: 'gray' } },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs', autosize: true, minRows: 2 } },
    Select: { defaultProps: { size: 'xs', allowDeselect: false, checkIconPosition: 'right' } },
    MultiSelect: { defaultProps: { size: 'xs' } },
    TagsInput: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'sm', color: 'teal', withThumbIndicator: false } },
    SegmentedControl: { defaultProps: { size: 'xs', transitionDuration: 0 } },
    Menu: { defaultProps: { position: 'bottom-end', shadow: 'md', width: 220 } },
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: true, events: { hover: true, focus: true, touch: true } } }),
    Modal: Modal.extend({ defaultProps: { closeButtonProps: { 'aria-label': texts.close }, overlayProps: { backgroundOpacity: 0.4 } } }),
    Drawer: Drawer.extend({
      defaultProps: { position: 'right', closeButtonProps: { 'aria-label': texts.close }, overlayProps: { backgroundOpacity: 0.4 } },
    }),
  },
});

/** Ties Mantine's colours to those of app.css, where text on each ground has a contrast of 4.5 at least. */
export const resolver: CSSVariablesResolver = () => ({ variables: {}, light: colors, dark: colors });

const colors = {
  '--mantine-color-body': 'var(--q-ground)',
  '--mantine-color-text': 'var(--q-text)',
  '--mantine-color-bright': 'var(--q-text)',
  '--mantine-color-dimmed': 'var(--q-dim)',
  '--mantine-color-placeholder': 'var(--q-dim)',
  '--mantine-color-default': 'var(--q-panel)',
  '--mantine-color-default-hover': 'var(--q-hover)',
  '--mantine-color-default-color': 'var(--q-text)',
  '--mantine-color-default-border': 'var(--q-line)',
  '--mantine-color-error': 'var(--q-red)',
  '--mantine-color-anchor': 'var(--q-accent)',
  // The grounds of alerts: Mantine's own are loud in the dark.
  '--mantine-color-gray-light': 'var(--q-sunken)',
  '--mantine-color-gray-light-color': 'var(--q-dim)',
  '--mantine-color-indigo-light': 'var(--q-accent-ground)',
  '--mantine-color-indigo-light-color': 'var(--q-accent)',
  '--mantine-color-red-light': 'var(--q-red-ground)',
  '--mantine-color-red-light-color': 'var(--q-red)',
  '--mantine-color-yellow-light': 'var(--q-amber-ground)',
  '--mantine-color-yellow-light-color': 'var(--q-amber)',
};
