import { transferRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'
import { pasteText } from './paste-text.ts'

test('a key that may only upload gets a drop box', async ({ page, barkeep, connect }) => {
  await barkeep.upload({ name: 'hidden.txt' })
  const key = await barkeep.createKey({ scopes: 'upload' })
  await connect({ key })
  await expect(page.getByText(/scope .read./).first()).toBeVisible()
  await expect(page.getByText('hidden.txt')).toBeHidden()
  await expect(page.getByRole('button', { name: 'Import links' })).toBeDisabled()
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Upload files' }).click()
  await (await choosing).setFiles([
    { name: 'sent.txt', mimeType: 'text/plain', buffer: Buffer.from('sent') },
  ])
  await expect(transferRow(page, 'sent.txt')).toContainText('Done')
  await page.setViewportSize({ width: 390, height: 844 })
  const title = page.getByRole('heading', { name: 'Drop files' })
  await expect(title).toBeVisible()
  expect(await title.evaluate((h1) => h1.scrollWidth - h1.clientWidth)).toBe(0)
})

test('a key that may only read gets a library without dead buttons, and is told why it cannot add to it', async ({
  page,
  barkeep,
  connect,
}) => {
  await barkeep.upload({ name: 'shown.txt' })
  const key = await barkeep.createKey({ scopes: 'read' })
  await connect({ key })
  await expect(page.getByRole('row', { name: 'shown.txt' })).toBeVisible()
  await expect(page.getByText(/scope .upload., importing .import./)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Import links' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Upload', exact: true })).toHaveCount(0)
})

test('a key that may only import gets a link box', async ({ page, barkeep, site, connect }) => {
  const key = await barkeep.createKey({ scopes: 'import' })
  await connect({ key })
  await expect(page.getByText(/scope .read./).first()).toBeVisible()
  await expect(page.getByRole('button', { name: 'Upload', exact: true })).toBeDisabled()
  await pasteText(page, `${site.origin}/file/a.bin?size=100`)
  await page.getByRole('button', { name: 'Start import' }).click()
  const transfers = page.getByRole('region', { name: 'Transfers' })
  await transfers.getByRole('tab', { name: /Imports/ }).click()
  await expect(transfers.getByRole('listitem')).toContainText('Done', { timeout: 30_000 })
  const { files } = await barkeep.list('/')
  expect(files.map(({ name }) => name)).toEqual(['a.bin'])
})
