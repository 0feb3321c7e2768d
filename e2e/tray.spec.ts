import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dropFiles } from './drop-files.ts'
import { transferRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'

test('a dropped folder is one group that waits and goes on; the tab tells how far, and a list what arrived', async ({
  page,
  barkeep,
  connect,
}, testInfo) => {
  const folder = testInfo.outputPath('Trip')
  await mkdir(folder, { recursive: true })
  const names = ['=1+1.bin', 'a "b", c.bin', '3.bin', '4.bin', '5.bin', '6.bin']
  const bytesOf = (name: string) => Buffer.alloc(60_000, name)
  for (const name of names) await writeFile(join(folder, name), bytesOf(name))
  await connect()
  const transfers = page.getByRole('region', { name: 'Transfers' })
  const icons = page.locator('link[rel="icon"][href^="blob:"]')
  barkeep.cable.slowTo(10_000)
  await dropFiles(page, [folder])
  await expect(page).toHaveTitle('0 of 6 · Barkeep')
  await expect(icons).toHaveCount(1)
  await expect(
    transfers.getByRole('progressbar', { name: 'Progress of all uploads' }),
  ).toBeVisible()
  await expect(transferRow(page, '3.bin')).toContainText('Uploading')

  // The first one is for all of them; a row under way has its own.
  await transfers.getByRole('button', { name: 'Pause' }).first().click()
  await expect(transfers.getByText('paused, 3 still on the way')).toBeVisible()
  barkeep.cable.slowTo(null)
  await expect(transfers.getByText(/3 of 6 .*· paused$/)).toBeVisible()
  await expect(page).toHaveTitle('Paused · 3 of 6 · Barkeep')
  // Its rows can be put away, and its sums stay.
  const head = transfers.getByRole('button', { name: 'Trip', exact: true })
  await head.click()
  await expect(head).toHaveAttribute('aria-expanded', 'false')
  await expect(transferRow(page, '3.bin')).toHaveCount(0)
  await head.click()
  await transferRow(page, '6.bin').getByRole('button', { name: 'Send next' }).click()
  await transfers.getByRole('button', { name: 'Resume' }).first().click()
  await expect(transfers.getByText('6 done')).toBeVisible()
  await expect(page).toHaveTitle('All files – Barkeep')
  await expect(icons).toHaveCount(0)

  const downloading = page.waitForEvent('download')
  await transfers.getByRole('button', { name: 'Export list' }).click()
  await page.getByRole('menuitem', { name: /^CSV/ }).click()
  const csv = await readFile(await (await downloading).path(), 'utf8')
  for (const name of names) {
    const sha256 = createHash('sha256').update(bytesOf(name)).digest('hex')
    expect(csv).toContain(`/Trip/${name.replaceAll('"', '""')}`)
    expect(csv).toContain(`,60000,${sha256},http`)
  }
  await transfers.getByRole('button', { name: 'Copy all links' }).click()
  await expect(page.getByText('6 links copied')).toBeVisible()
})
