import { writeFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { dragLinks, dropFiles } from './drop-files.ts'
import { fileRow, importDialog, transferRows } from './find-rows.ts'
import { findViolations } from './find-violations.ts'
import { expect, test } from './fixtures.ts'
import { pasteText } from './paste-text.ts'

async function openImports(page: Page): Promise<void> {
  await page
    .getByRole('region', { name: 'Transfers' })
    .getByRole('tab', { name: /Imports/ })
    .click()
}

async function startImport(page: Page, link: string): Promise<void> {
  await page.getByRole('button', { name: 'Import links' }).click()
  await importDialog(page).getByRole('textbox', { name: 'Links' }).fill(link)
  await importDialog(page).getByRole('button', { name: 'Start import' }).click()
  await openImports(page)
}

test('pasted text opens the dialog with the links that are in it', async ({ page, connect }) => {
  await connect()
  await pasteText(
    page,
    'see https://example.org/a.mp4, and (https://example.org/b?x=1) but not ftp://example.org/c',
  )
  await expect(importDialog(page).getByRole('textbox', { name: 'Links' })).toHaveValue(
    'https://example.org/a.mp4\nhttps://example.org/b?x=1',
  )
  await page.keyboard.press('Escape')
  await expect(importDialog(page)).toBeHidden()
})

test('links that are dropped on the page open the dialog for its folder', async ({
  page,
  barkeep,
  connect,
}) => {
  await barkeep.upload({ folder: '/Films/', name: 'a.txt' })
  await connect({ folder: '/Films/' })
  const links = ['https://example.com/a.zip', 'https://example.com/watch?v=1']
  const drop = await dragLinks(page, links)
  await expect(page.getByText('Drop to import links')).toBeVisible()
  await drop.release()
  const dialog = importDialog(page)
  await expect(dialog.getByRole('textbox', { name: 'Links' })).toHaveValue(links.join('\n'))
  await expect(dialog.getByRole('textbox', { name: 'Folder' })).toHaveValue('/Films/')
})

test('text that is pasted into a text field stays there', async ({ page, connect }) => {
  await connect()
  await page.getByRole('searchbox', { name: 'Filter files' }).focus()
  await pasteText(page, 'https://example.org/a.mp4')
  await expect(page.getByRole('searchbox', { name: 'Filter files' })).toHaveValue(
    'https://example.org/a.mp4',
  )
  await expect(importDialog(page)).toBeHidden()
})

test('the dialog has the fields that scripts and screen readers know', async ({
  page,
  connect,
}) => {
  await connect()
  await page.getByRole('button', { name: 'Import links' }).click()
  const dialog = importDialog(page)
  await expect(dialog.getByRole('textbox', { name: 'Links' })).toBeFocused()
  const type = dialog.getByRole('radiogroup', { name: 'Type' })
  await expect(type.getByRole('radio')).toHaveCount(3)
  for (const name of ['Auto', 'File', 'Video']) {
    await expect(type.getByRole('radio', { name, exact: true })).toBeVisible()
  }
  await type.getByRole('radio', { name: 'Video' }).click()
  const quality = dialog.getByRole('radiogroup', { name: 'Quality' })
  const names = ['Best', 'Audio only', '2160p', '1440p', '1080p', '720p', '480p', '360p']
  for (const name of names) {
    await expect(quality.getByRole('radio', { name, exact: true })).toBeVisible()
  }
  await expect(dialog.getByRole('switch', { name: 'Subtitles' })).toBeVisible()
  await expect(dialog.getByRole('switch', { name: 'Thumbnail' })).toBeVisible()
  await type.getByRole('radio', { name: 'File' }).click()
  await expect(dialog.getByRole('textbox', { name: 'Folder' })).toBeVisible()
  await expect(dialog.getByRole('textbox', { name: 'File name' })).toBeVisible()
})

test('a link to a file is imported into the folder and under the name that were typed', async ({
  page,
  barkeep,
  site,
  connect,
}) => {
  await connect()
  await page.getByRole('button', { name: 'Import links' }).click()
  const dialog = importDialog(page)
  await dialog
    .getByRole('textbox', { name: 'Links' })
    .fill(`${site.origin}/file/report.pdf?size=5000`)
  await dialog.getByRole('radio', { name: 'File', exact: true }).click()
  await dialog.getByRole('textbox', { name: 'Folder' }).fill('/Papers/')
  await dialog.getByRole('textbox', { name: 'File name' }).fill('june.pdf')
  await dialog.getByRole('button', { name: 'Start import' }).click()
  await openImports(page)
  await expect(transferRows(page)).toContainText('Done', { timeout: 30_000 })
  await expect(fileRow(page, 'Papers')).toBeVisible()
  const { files } = await barkeep.list('/Papers/')
  expect(files.map(({ name, size }) => [name, size])).toEqual([['june.pdf', 5000]])
})

test('a video comes in the height that was chosen, with subtitles and thumbnail', async ({
  page,
  barkeep,
  site,
  connect,
}) => {
  await connect()
  await page.getByRole('button', { name: 'Import links' }).click()
  const dialog = importDialog(page)
  await dialog.getByRole('textbox', { name: 'Links' }).fill(`${site.origin}/watch/harbour`)
  await dialog.getByRole('radio', { name: 'Video' }).click()
  await dialog.getByRole('radio', { name: '360p' }).click()
  await dialog.getByRole('switch', { name: 'Subtitles' }).click()
  await dialog.getByRole('switch', { name: 'Thumbnail' }).click()
  await dialog.getByRole('button', { name: 'Start import' }).click()
  await openImports(page)
  await expect(transferRows(page)).toContainText('Done', { timeout: 45_000 })
  const { files } = await barkeep.list('/Harbour at dawn/')
  const endings = files.map(({ name }) => name.split('.').at(-1))
  expect(endings).toContain('vtt')
  expect(endings).toContain('jpg')
  expect(endings.some((ending) => /^(mp4|mkv|webm)$/.test(ending ?? ''))).toBe(true)
  expect(site.requests.some(({ line }) => line.includes('/360/index0.ts'))).toBe(true)
  expect(site.requests.some(({ line }) => line.includes('/720/index0.ts'))).toBe(false)
})

test('a running import shows its progress, outlives a reload, and is cancelled', async ({
  page,
  barkeep,
  site,
  connect,
}) => {
  await connect()
  await startImport(page, `${site.origin}/file/slow.bin?size=6000000&pace=100`)
  await expect(transferRows(page)).toContainText('Importing')
  await expect
    .poll(async () => {
      const bar = transferRows(page).getByRole('progressbar')
      return Number(await bar.getAttribute('aria-valuenow'))
    })
    .toBeGreaterThan(0)

  await page.reload()
  // Nobody opens the panel: what goes on is shown.
  await expect(transferRows(page)).toContainText('Importing')
  await transferRows(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(transferRows(page)).toContainText('Cancelled', { timeout: 15_000 })
  expect((await barkeep.list('/')).files).toEqual([])
})

test('a failed import says why, and a retry goes through', async ({
  page,
  barkeep,
  site,
  connect,
}) => {
  await connect()
  await startImport(page, `${site.origin}/file/gone.bin?size=10&status=404`)
  await expect(transferRows(page)).toContainText('Failed', { timeout: 30_000 })
  await expect(transferRows(page)).toContainText('404')
  const asked = site.requests.length
  await transferRows(page).getByRole('button', { name: 'Retry' }).click()
  await expect.poll(() => site.requests.length, { timeout: 15_000 }).toBeGreaterThan(asked)
  await expect(transferRows(page).first()).toContainText('Failed', { timeout: 30_000 })
  expect((await barkeep.list('/')).files).toEqual([])
})

test('a link to a private address is refused in words', async ({ page, connect, watch }) => {
  watch.expectTrouble(/400/)
  await connect()
  await startImport(page, 'http://169.254.169.254/latest/meta-data/')
  await expect(transferRows(page)).toContainText('Failed', { timeout: 15_000 })
})

test('any text becomes a list of links, each with a tick and options of its own', async ({
  page,
  barkeep,
  site,
  connect,
}, testInfo) => {
  await connect()
  const [a, b, c] = ['a', 'b', 'c'].map((name) => `${site.origin}/file/${name}.bin?size=2000&x`)
  await pasteText(page, `First ${a}, then\n- [b](${b})\nand no more`)
  const dialog = importDialog(page)
  const found = dialog.getByRole('list', { name: 'Links found' })
  await expect(found.getByRole('checkbox', { checked: true })).toHaveCount(2)
  await page.keyboard.press('Escape')
  await page.reload()
  await page.getByRole('button', { name: 'Import links' }).click()
  await expect(found.getByRole('checkbox', { checked: true })).toHaveCount(2)

  const bookmarks = testInfo.outputPath('bookmarks.html')
  await writeFile(bookmarks, `<DL><DT><A HREF="${c?.replace('&', '&amp;')}">C</A></DL>`)
  await dropFiles(page, [bookmarks])
  await expect(found.getByRole('checkbox')).toHaveCount(3)
  await found.getByRole('checkbox', { name: b, exact: true }).uncheck()
  await found.getByRole('button', { name: `Options for ${c}` }).click()
  await found.getByRole('textbox', { name: 'Folder' }).fill('/Kept/')
  await found.getByRole('textbox', { name: 'File name' }).fill('renamed.bin')
  await expect(dialog.getByRole('status').filter({ hasText: '2 of 3 links' })).toBeVisible()
  expect(await findViolations(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Start import' }).click()
  await openImports(page)
  await expect(transferRows(page).filter({ hasText: 'Done' })).toHaveCount(2)
  const names = async (folder: string) => (await barkeep.list(folder)).files.map(({ name }) => name)
  expect([await names('/'), await names('/Kept/')]).toEqual([['a.bin'], ['renamed.bin']])

  // What was imported before is known, and not taken again where there is something new.
  await pasteText(page, `${a} ${b}`)
  await expect(found.getByRole('listitem').filter({ hasText: 'Imported before' })).toHaveCount(1)
  await expect(found.getByRole('checkbox', { name: a, exact: true })).not.toBeChecked()
  await expect(found.getByRole('checkbox', { name: b, exact: true })).toBeChecked()
})
