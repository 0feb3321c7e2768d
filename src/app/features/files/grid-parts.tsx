import type { ComponentProps } from 'react'

/*
 * The roles of a grid on plain elements: a virtual list cannot be a <table>, whose rows would have to be
 * in the flow. The rows take the focus, so nothing else here does.
 */

export function GridRow(props: ComponentProps<'div'>) {
  // biome-ignore lint/a11y/useSemanticElements: see above
  // biome-ignore lint/a11y/useFocusableInteractive: the rows that take the focus have a tabIndex
  return <div {...props} role="row" />
}

export function GridCell(props: ComponentProps<'div'> & { 'data-part'?: 'check' | 'actions' }) {
  // biome-ignore lint/a11y/useSemanticElements: see above
  // biome-ignore lint/a11y/useFocusableInteractive: see above
  return <div {...props} role="gridcell" />
}

export function GridHeaderCell(props: ComponentProps<'div'>) {
  // biome-ignore lint/a11y/useSemanticElements: see above
  // biome-ignore lint/a11y/useFocusableInteractive: see above
  return <div {...props} role="columnheader" />
}

export function GridRows(props: ComponentProps<'div'>) {
  // biome-ignore lint/a11y/useSemanticElements: see above
  return <div {...props} role="rowgroup" />
}
