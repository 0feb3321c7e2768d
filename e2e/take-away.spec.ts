import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js'
import { fileRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'
import { withoutAdditions } from './without-additions.ts'

/** Presses `Download` in the dialog and reads the zip that is saved. */
async function saveZip(page: Page): Promise<{ name: string; files: Record<string, string> }> {
  const dialog = page.getByRole('dialog', { name: 'Download as zip' })
  await expect(dialog.getByText(/^2 files, /)).toBeVisible()
  const downloading = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Download' }).click()
  const download = await downloading
  const bytes = await readFile(await download.path())
  const files: Record<string, string> = {}
  const reader = new ZipReader(new Uint8ArrayReader(bytes), { checkSignature: true })
  for (const entry of await reader.getEntries()) {
    const content = entry.directory ? null : await entry.getData(new Uint8ArrayWriter())
    files[entry.filename] = content ? Buffer.from(content).toString() : ''
  }
  await expect(dialog).toHaveCount(0)
  return { name: download.suggestedFilename(), files }
}

test('a folder and files come as one zip, and their links in the form one needs', async ({
  page,
  context,
  barkeep,
  connect,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const { link } = await barkeep.upload({ name: "it's (1).txt", bytes: 'one' })
  await barkeep.upload({ folder: '/Trip/', name: 'b.txt', bytes: 'two' })
  await connect()
  await page.getByRole('checkbox', { name: 'Select all' }).check()
  await page.getByRole('button', { name: 'Download as zip' }).click()
  expect(await saveZip(page)).toEqual({
    name: 'Files.zip',
    files: { 'Trip/': '', 'Trip/b.txt': 'two', "it's (1).txt": 'one' },
  })

  await page.getByRole('button', { name: 'Clear selection' }).click()
  const row = fileRow(page, "it's (1).txt")
  await row.click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Links…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Links' })
  const text = dialog.getByRole('textbox', { name: 'Text' })
  await expect(text).toHaveValue(link)
  await expect(dialog.getByRole('img', { name: 'QR code of the link' })).toBeVisible()
  await dialog.getByRole('radio', { name: 'Markdown' }).click()
  await expect(text).toHaveValue(/^\[it's \\\(1\\\)\\\.txt\]\(http/)
  await dialog.getByRole('button', { name: 'Copy' }).click()
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toBe(await text.inputValue())
  await dialog.getByRole('radio', { name: 'M3U' }).click()
  const saving = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Save as file' }).click()
  expect((await saving).suggestedFilename()).toBe('links.m3u8')
  await page.keyboard.press('Escape')
  await expect(row).toBeFocused()

  // What the desktop is told when the row is dragged there.
  const told = await row.evaluate((element) => {
    const dataTransfer = new DataTransfer()
    element.dispatchEvent(new DragEvent('dragstart', { bubbles: true, dataTransfer }))
    element.dispatchEvent(new DragEvent('dragend', { bubbles: true, dataTransfer }))
    return dataTransfer.getData('DownloadURL')
  })
  expect(told).toBe(`application/octet-stream:it's (1).txt:${link}?download=1`)
})

test('where a service makes no zips, the browser makes one of its links', async ({
  page,
  barkeep,
  connect,
}) => {
  await withoutAdditions(page)
  // The dialog of the system, which no test can answer.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'))
  await barkeep.upload({ folder: '/Trip/', name: 'b.txt', bytes: 'two' })
  await barkeep.upload({ folder: '/Trip/Day 1/', name: 'c?.txt', bytes: 'three' })
  await connect()
  await fileRow(page, 'Trip').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Download as zip' }).click()
  expect(await saveZip(page)).toEqual({
    name: 'Trip.zip',
    files: { 'Trip/': '', 'Trip/Day 1/': '', 'Trip/b.txt': 'two', 'Trip/Day 1/c_.txt': 'three' },
  })
})
