import type { CSSProperties } from 'react'

/**
 * Pictures and films stand on a dark ground, whatever the page is. The colours of `theme.css` as they are in
 * the dark: the build resolves `light-dark()` for the page as a whole.
 */
export const darkStage = {
  colorScheme: 'dark',
  '--color-canvas': '#1a1816',
  '--color-sunken': '#141210',
  '--color-raised': '#262320',
  '--color-hover': '#25221f',
  '--color-pressed': '#302c28',
  '--color-line': '#322e2a',
  '--color-ink': '#ece8e3',
  '--color-muted': '#b8b1a9',
  '--color-faint': '#a09890',
  '--color-accent': '#f2a31b',
  '--color-fill': '#f2a62b',
  '--color-focus': '#fbb93e',
} as CSSProperties
