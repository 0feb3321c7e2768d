import { importDialog, transferRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'

test('what a playlist holds is ticked, and comes together into one folder', async ({
  page,
  barkeep,
  site,
  connect,
}) => {
  await barkeep.upload({ folder: '/Talks/', name: '02 Talk 59 of harbour.mp4' })
  await connect()
  await page.getByRole('button', { name: 'Import links' }).click()
  const dialog = importDialog(page)
  const links = [`${site.origin}/list/harbour?count=60`, `${site.origin}/file/a.pdf`]
  await dialog.getByRole('textbox', { name: 'Links' }).fill(links.join('\n'))
  await dialog.getByRole('radio', { name: '360p' }).click()
  const rows = dialog.getByRole('list', { name: 'Links found' }).getByRole('listitem')
  await expect(rows.nth(1).getByRole('button', { name: 'Look inside' })).toHaveCount(0)
  await rows.first().getByRole('button', { name: 'Look inside', exact: true }).click()

  const inside = page.getByRole('dialog', { name: 'Look inside' })
  const entries = inside.getByRole('list', { name: 'Entries' }).getByRole('listitem')
  await expect(entries).toHaveCount(60)
  await inside.getByRole('textbox', { name: 'Folder for all' }).fill('/Talks/')
  await expect(entries.nth(1)).toContainText('There already')
  await inside.getByRole('checkbox', { name: 'All entries' }).click()
  await expect(inside.getByRole('button', { name: 'Import 59 videos' })).toBeVisible()
  await inside.getByRole('checkbox', { name: 'All entries' }).click()
  await inside.getByRole('searchbox', { name: 'Search entries' }).fill('talk 57')
  await expect(entries).toHaveCount(1)
  await entries.getByRole('checkbox').click()
  await inside.getByRole('searchbox', { name: 'Search entries' }).fill('talk 56')
  await expect(entries).toHaveText(/Talk 56/)
  await entries.getByRole('checkbox').click()
  await inside.getByRole('switch', { name: 'Number the names' }).click()
  await inside.getByRole('button', { name: 'Import 2 videos' }).click()
  await expect(inside).toHaveCount(0)
  await expect(dialog.getByRole('checkbox', { name: links[0] ?? '' })).not.toBeChecked()
  await page.keyboard.press('Escape')
  const row = transferRow(page, 'Talk 57 of harbour')
  await expect(row).toContainText('Done', { timeout: 30_000 })
  const transfers = page.getByRole('region', { name: 'Transfers' })
  const head = transfers.getByRole('button', { name: 'Talks of harbour', exact: true })
  await expect(transfers.getByText('2 of 2', { exact: true })).toBeVisible()
  await head.click()
  await expect(head).toHaveAttribute('aria-expanded', 'false')
  await expect(row).toHaveCount(0)
  await page.reload()
  await transfers.getByRole('tab', { name: 'Imports' }).click()
  await expect(head).toHaveAttribute('aria-expanded', 'true')
  await row.getByRole('button', { name: 'Open folder' }).click()
  await expect(page.getByRole('row', { name: '04 Talk 57 of harbour.mp4' })).toBeVisible()
})
