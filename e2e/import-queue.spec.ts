import { importDialog, transferRows } from './find-rows.ts'
import { expect, test } from './fixtures.ts'

test('a row tells what its import does, in a browser that did not start it, too', async ({
  page,
  barkeep,
  site,
  connect,
}) => {
  const link = `${site.origin}/watch/a?title=Slow%20harbour&list=separate&pace=500`
  const reply = await fetch(`${barkeep.origin}/api/v1/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${barkeep.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url: link, type: 'video' }),
  })
  expect(reply.status).toBe(200)
  await connect()
  const transfers = page.getByRole('region', { name: 'Transfers' })
  await transfers.getByRole('tab', { name: /Imports/ }).click()
  await expect(transferRows(page)).toContainText('Importing', { timeout: 15_000 })
  await expect(transferRows(page)).toContainText(/Downloading [12] of 2 parts · .* of .*/, {
    timeout: 15_000,
  })
  await expect(transferRows(page)).toContainText('Slow harbour')
  await expect(transferRows(page)).not.toContainText('no name')
  await transferRows(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(transferRows(page)).toContainText('Cancelled', { timeout: 15_000 })
  await transfers.getByRole('button', { name: 'Clear finished' }).click()
  await page.reload()
  await transfers.getByRole('tab', { name: /Imports/ }).click()
  await expect(transfers).toContainText('No imports yet')
})

test('a part of the sound alone is imported as it was chosen', async ({
  page,
  barkeep,
  site,
  connect,
}) => {
  await connect()
  await page.getByRole('button', { name: 'Import links' }).click()
  const dialog = importDialog(page)
  await dialog.getByRole('textbox', { name: 'Links' }).fill(`${site.origin}/watch/a?list=languages`)
  await dialog.getByRole('radio', { name: 'Audio only' }).click()
  await dialog.getByRole('button', { name: 'More choices' }).click()
  await dialog.getByRole('radio', { name: 'MP3' }).click()
  await dialog.getByRole('textbox', { name: 'From' }).fill('4')
  await dialog.getByRole('textbox', { name: 'To', exact: true }).fill('0:02')
  await expect(dialog).toContainText('It must end after it begins.')
  await dialog.getByRole('textbox', { name: 'From' }).fill('1')
  await expect(dialog).not.toContainText('It must end after it begins.')
  await expect(dialog).toContainText('MP3 · 1–0:02')
  await dialog.getByRole('button', { name: 'Start import' }).click()
  await page
    .getByRole('region', { name: 'Transfers' })
    .getByRole('tab', { name: /Imports/ })
    .click()
  await expect(transferRows(page)).toContainText('Done', { timeout: 30_000 })
  const { files } = await barkeep.list('/Harbour at dawn/')
  expect(files.map(({ name }) => name)).toEqual(['Harbour at dawn.mp3'])
})

test('cookies of a site are saved, listed and deleted, and never shown again', async ({
  page,
  barkeep,
  connect,
}) => {
  await connect()
  await page.goto(`${barkeep.origin}/api-keys`)
  const panel = page.getByRole('region', { name: 'Signed-in sites' })
  await expect(panel).toContainText('No cookies yet')
  await panel.getByRole('textbox', { name: 'Site' }).fill('https://www.videos.example/watch')
  const cookies = panel.getByRole('textbox', { name: 'Cookies' })
  const save = panel.getByRole('button', { name: 'Save cookies' })
  await cookies.fill('.videos.example\tTRUE\t/\tTRUE\t0\tsession\tvery-secret')
  await save.click()
  await expect(panel.getByRole('listitem')).toContainText('videos.example1 cookie, saved')
  await expect(cookies).toHaveValue('')
  await expect(page.locator('body')).not.toContainText('very-secret')
  await panel.getByRole('button', { name: 'Delete cookies of videos.example' }).click()
  await expect(panel).toContainText('No cookies yet')
})
