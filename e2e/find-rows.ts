import type { Locator, Page } from '@playwright/test'

/** The row of the list `Files` that is named by its file or folder. */
export function fileRow(page: Page, name: string): Locator {
  return page.getByRole('grid', { name: 'Files' }).getByRole('row', { name, exact: true })
}

/** The row of an upload or import in the transfers, named by its file or link. */
export function transferRow(page: Page, name: string): Locator {
  const transfers = page.getByRole('region', { name: 'Transfers' })
  return transfers.getByRole('listitem', { name, exact: true })
}

export function treeItem(page: Page, name: string): Locator {
  return page.getByRole('tree', { name: 'Folders' }).getByRole('treeitem', { name, exact: true })
}

export function importDialog(page: Page): Locator {
  return page.getByRole('dialog', { name: 'Import links' })
}

/** The rows of whichever list of transfers is in sight. */
export function transferRows(page: Page): Locator {
  return page.getByRole('region', { name: 'Transfers' }).getByRole('listitem')
}
