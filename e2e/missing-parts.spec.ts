import type { Page } from '@playwright/test'
import { fileRow, importDialog, transferRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'
import type { Barkeep } from './start-barkeep.ts'

const missing = 'This part of the app could not be loaded.'

/** A file on its way that stays there until the cable is quick again. */
async function beginUpload(page: Page, barkeep: Barkeep): Promise<void> {
  barkeep.cable.slowTo(200_000)
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Upload files' }).click()
  const buffer = Buffer.alloc(3_000_000, 1)
  await (await choosing).setFiles([{ name: 'big.bin', mimeType: 'application/x', buffer }])
  await expect(transferRow(page, 'big.bin')).toContainText('Uploading')
}

test('a dialog that cannot be loaded says so, comes with the network, and no upload is lost', async ({
  page,
  context,
  barkeep,
  connect,
  watch,
}) => {
  watch.expectTrouble(/ERR_FAILED|ERR_INTERNET_DISCONNECTED|ERR_ABORTED/)
  await connect()
  await beginUpload(page, barkeep)
  await page.route('**/assets/import-dialog-*.js', (route) => route.abort())
  await page.getByRole('button', { name: 'Import links' }).click()
  const words = page.getByRole('alert').filter({ hasText: missing })
  await expect(words).toBeVisible()
  await expect(words.getByRole('button', { name: 'Reload the page' })).toBeVisible()
  await expect(importDialog(page)).toBeHidden()
  await expect(transferRow(page, 'big.bin')).toContainText('Uploading')

  await page.unroute('**/assets/import-dialog-*.js')
  await context.setOffline(true)
  await context.setOffline(false)
  await expect(importDialog(page)).toBeVisible()
  await expect(words).toBeHidden()
  await page.keyboard.press('Escape')
  barkeep.cable.slowTo(null)
  await expect(transferRow(page, 'big.bin')).toContainText('Done')
})

test('a menu that cannot be loaded keeps its button, says so, and opens at the next try', async ({
  page,
  connect,
  watch,
}) => {
  watch.expectTrouble(/ERR_FAILED/)
  await page.route('**/assets/{menu,popover}-surface-*.js', (route) => route.abort())
  await connect()
  const upload = page.getByRole('button', { name: 'Upload', exact: true })
  await upload.click()
  await expect(page.getByText(missing)).toBeVisible()
  await expect(upload).toBeVisible()
  const account = page.getByRole('button', { name: /^owner/ })
  await account.click()
  await expect(account).toBeVisible()

  await page.unroute('**/assets/{menu,popover}-surface-*.js')
  await upload.click()
  await expect(page.getByRole('menuitem', { name: 'Upload files' })).toBeVisible()
  await page.keyboard.press('Escape')
  await account.click()
  await expect(page.getByRole('dialog', { name: 'Account' })).toBeVisible()
})

test('tiles that cannot be loaded are rows that work', async ({
  page,
  barkeep,
  connect,
  watch,
}) => {
  watch.expectTrouble(/ERR_FAILED/)
  await barkeep.upload({ folder: '/Films/', name: 'a.txt' })
  await page.route('**/assets/file-tile-*.js', (route) => route.abort())
  await connect()
  await page.getByRole('button', { name: 'Tiles' }).click()
  await fileRow(page, 'Films').dblclick()
  await expect(fileRow(page, 'a.txt')).toBeVisible()
  await expect(fileRow(page, 'a.txt').getByRole('button', { name: 'Download' })).toBeVisible()
})

test('after an update of the server a part of the old app leads to a reload, not to a broken page', async ({
  page,
  barkeep,
  connect,
  watch,
}) => {
  watch.expectTrouble(/404|MIME|Failed to load/)
  await barkeep.upload({ name: 'a.txt' })
  await connect()
  await expect(fileRow(page, 'a.txt')).toBeVisible()
  // As the server answers for a file of an older build.
  await page.route('**/assets/api-keys-page-*.js', (route) =>
    route.continue({ url: `${barkeep.origin}/assets/api-keys-page-0.js` }),
  )
  await page.getByRole('button', { name: /^owner/ }).click()
  await page.getByRole('link', { name: 'API keys' }).click()
  await expect(page.getByRole('alert')).toContainText(missing)
  await page.unroute('**/assets/api-keys-page-*.js')
  await page.getByRole('button', { name: 'Reload the page' }).click()
  await expect(page.getByRole('heading', { name: 'API keys' })).toBeVisible()
})
