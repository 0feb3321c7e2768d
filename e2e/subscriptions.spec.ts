import { importDialog } from './find-rows.ts'
import { findViolations } from './find-violations.ts'
import { expect, test } from './fixtures.ts'

test('a playlist that was looked into is subscribed to, and ended', async ({
  page,
  site,
  connect,
}) => {
  await connect()
  const link = `${site.origin}/list/harbour?count=2`
  const aside = page.getByRole('complementary', { name: 'Folders and account' })
  await expect(aside.getByRole('link', { name: 'Trash' })).toBeVisible()
  await expect(aside.getByRole('link', { name: 'Subscriptions' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Import links' }).click()
  await importDialog(page).getByRole('textbox', { name: 'Links' }).fill(link)
  await importDialog(page).getByRole('button', { name: 'Look inside' }).click()
  const inside = page.getByRole('dialog', { name: 'Look inside' })
  await inside.getByRole('button', { name: 'Subscribe…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Subscribe', exact: true })
  await expect(dialog.getByRole('textbox', { name: 'Folder' })).toHaveValue('/Talks of harbour/')
  await dialog.getByRole('combobox', { name: 'Look' }).selectOption('Every hour')
  await dialog.getByRole('combobox', { name: 'Keep' }).selectOption('The newest 5')
  await dialog.getByRole('button', { name: 'Subscribe' }).click()
  await inside.getByRole('link', { name: 'Subscriptions' }).click()

  await expect(page.getByRole('heading', { name: 'Subscriptions' })).toBeVisible()
  const row = page.getByRole('listitem', { name: 'Talks of harbour' })
  await expect(row).toContainText(/Looked .* next look/, { timeout: 30_000 })
  await expect(row).toContainText('Every hour · Best · keeps the newest 5')
  expect(await findViolations(page)).toEqual([])
  await row.getByRole('button', { name: 'Pause' }).click()
  await expect(row).toContainText('paused')
  await page.getByRole('link', { name: 'Back to the files' }).click()
  await aside.getByRole('link', { name: 'Subscriptions' }).click()
  await row.getByRole('button', { name: 'Unsubscribe…' }).click()
  await row.getByRole('button', { name: 'Unsubscribe', exact: true }).click()
  await expect(page.getByText('No subscriptions yet')).toBeVisible()
  await page.getByRole('link', { name: 'Back to the files' }).click()
  await expect(aside.getByRole('link', { name: 'Trash' })).toBeVisible()
  await expect(aside.getByRole('link', { name: 'Subscriptions' })).toHaveCount(0)
})
