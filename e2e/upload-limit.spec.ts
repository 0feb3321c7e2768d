import { fileRow, transferRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'

test.use({ settings: { BARKEEP_UPLOAD_MAX_BYTES: '1000' } })

test('a file that is too large is refused before a byte is sent', async ({ page, connect }) => {
  const sent: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(request.url())
  })
  await connect()
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Upload files' }).click()
  await (await choosing).setFiles([
    { name: 'large.bin', mimeType: 'application/x', buffer: Buffer.alloc(1001) },
    { name: 'fits.bin', mimeType: 'application/x', buffer: Buffer.alloc(1000) },
  ])
  await expect(transferRow(page, 'large.bin')).toContainText('Failed')
  await expect(transferRow(page, 'large.bin')).toContainText(/too large/i)
  await expect(transferRow(page, 'fits.bin')).toContainText('Done')
  await expect(fileRow(page, 'fits.bin')).toBeVisible()
  expect(sent).toHaveLength(1)
})
