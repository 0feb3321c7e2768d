import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { dropAtOnce, dropFiles } from './drop-files.ts'
import { fileRow, transferRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'

type Chosen = { name: string; mimeType: string; buffer: Buffer }

function textFile(name: string, text: string): Chosen {
  return { name, mimeType: 'text/plain', buffer: Buffer.from(text) }
}

/** The button may sit in the menu of a button `Upload`. */
async function pressUpload(page: Page, name: 'Upload files' | 'Upload folder'): Promise<void> {
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  await page.getByRole('menuitem', { name }).click()
}

async function chooseFiles(page: Page, files: Chosen[]): Promise<void> {
  const choosing = page.waitForEvent('filechooser')
  await pressUpload(page, 'Upload files')
  await (await choosing).setFiles(files)
}

test('chosen files arrive in the open folder, byte for byte', async ({
  page,
  barkeep,
  connect,
}) => {
  await barkeep.upload({ folder: '/Films/', name: 'old.txt' })
  await connect({ folder: '/Films/' })
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
  await chooseFiles(page, [
    { name: 'data.bin', mimeType: 'application/octet-stream', buffer: bytes },
    textFile('Ünïcode 映画.txt', 'words'),
    textFile('empty.txt', ''),
  ])
  for (const name of ['data.bin', 'Ünïcode 映画.txt', 'empty.txt']) {
    await expect(transferRow(page, name)).toContainText('Done')
    await expect(fileRow(page, name)).toBeVisible()
  }
  const { files } = await barkeep.list('/Films/')
  const link = files.find(({ name }) => name === 'data.bin')?.link ?? ''
  expect(Buffer.from(await (await fetch(link)).arrayBuffer()).equals(bytes)).toBe(true)
  expect(files.find(({ name }) => name === 'empty.txt')?.size).toBe(0)
})

test('a dropped folder keeps its structure', async ({ page, barkeep, connect }, testInfo) => {
  const folder = testInfo.outputPath('Holiday')
  await mkdir(join(folder, 'Day 1/Beach'), { recursive: true })
  await writeFile(join(folder, 'plan.txt'), 'plan')
  await writeFile(join(folder, 'Day 1/Beach/sand.txt'), 'sand')
  await connect()
  await dropAtOnce(page, [folder])
  await expect(transferRow(page, 'sand.txt')).toContainText('Done')
  await expect(transferRow(page, 'plan.txt')).toContainText('Done')
  await expect(fileRow(page, 'Holiday')).toBeVisible()
  expect((await barkeep.list('/Holiday/')).files.map(({ name }) => name)).toEqual(['plan.txt'])
  const deep = await barkeep.list('/Holiday/Day 1/Beach/')
  expect(deep.files.map(({ name }) => name)).toEqual(['sand.txt'])
})

test('a chosen folder keeps its structure', async ({ page, barkeep, connect }, testInfo) => {
  const folder = testInfo.outputPath('Holiday')
  await mkdir(join(folder, 'Day 1'), { recursive: true })
  await writeFile(join(folder, 'Day 1/sun.txt'), 'sun')
  await connect()
  const choosing = page.waitForEvent('filechooser')
  await pressUpload(page, 'Upload folder')
  await (await choosing).setFiles(folder)
  await page.getByRole('button', { name: 'Send now' }).click()
  await expect(transferRow(page, 'sun.txt')).toContainText('Done')
  const { files } = await barkeep.list('/Holiday/Day 1/')
  expect(files.map(({ name }) => name)).toEqual(['sun.txt'])
})

test('a taken name gets a number, and the row says which name it got', async ({
  page,
  barkeep,
  connect,
}) => {
  await barkeep.upload({ name: 'notes.txt', bytes: 'first' })
  await connect()
  await chooseFiles(page, [textFile('notes.txt', 'second')])
  await page.getByRole('dialog').getByRole('button', { name: 'Keep both' }).click()
  await expect(fileRow(page, 'notes (2).txt')).toBeVisible()
  await expect(fileRow(page, 'notes.txt')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Transfers' })).toContainText('notes (2).txt')
})

test('a folder without a file in it is told, for nothing comes of it', async ({
  page,
  barkeep,
  connect,
}, testInfo) => {
  const folder = testInfo.outputPath('Plans')
  await mkdir(join(folder, 'For later'), { recursive: true })
  // Without the scope that makes folders.
  await connect({ key: await barkeep.createKey({ scopes: 'read,upload' }) })
  await dropFiles(page, [folder])
  const row = transferRow(page, 'For later')
  await expect(row).toContainText('Failed')
  await expect(row).toContainText('Folders exist here only by the files in them.')
  expect((await barkeep.list('/')).folders).toEqual([])
})

test('a reload in the middle of an upload shows it as interrupted, and the same file goes on', async ({
  page,
  barkeep,
  connect,
}) => {
  barkeep.cable.slowTo(100_000)
  await connect()
  const big = { name: 'big.bin', mimeType: 'application/x', buffer: Buffer.alloc(1_000_000) }
  await chooseFiles(page, [big])
  const row = transferRow(page, 'big.bin')
  await expect(row).toContainText('Uploading')
  page.on('dialog', (dialog) => dialog.accept())
  await page.reload()
  await expect(row).toContainText('Interrupted')
  barkeep.cable.slowTo(null)
  const choose = async (file: Chosen) => {
    const choosing = page.waitForEvent('filechooser')
    await row.getByRole('button', { name: 'Retry' }).click()
    await (await choosing).setFiles(file)
  }
  await choose(textFile('other.txt', 'other'))
  await expect(row).toContainText('other.txt is another file. Choose big.bin.')
  await choose(big)
  await expect(row).toContainText('Done')
  expect((await barkeep.list('/')).files).toMatchObject([{ name: 'big.bin', size: 1_000_000 }])
})

test('an upload is cancelled and leaves nothing', async ({ page, barkeep, connect }) => {
  barkeep.cable.slowTo(100_000)
  await connect()
  const big = { name: 'big.bin', mimeType: 'application/x', buffer: Buffer.alloc(3_000_000) }
  await chooseFiles(page, [big])
  const row = transferRow(page, 'big.bin')
  await expect(row).toContainText('Uploading')
  await expect
    .poll(async () => Number(await row.getByRole('progressbar').getAttribute('aria-valuenow')))
    .toBeGreaterThan(0)
  await row.getByRole('button', { name: 'Cancel' }).press('Enter')
  await expect(row).toContainText('Cancelled')
  await expect(row.getByRole('button', { name: 'Retry' })).toBeFocused()
  expect((await barkeep.list('/')).files).toEqual([])
})

test('a connection that is cut in the middle is tried again, and the file arrives once', async ({
  page,
  barkeep,
  connect,
  watch,
}) => {
  watch.expectTrouble(/ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/)
  await connect()
  barkeep.cable.cutAfter(400_000)
  const bytes = Buffer.alloc(2_000_000, 7)
  await chooseFiles(page, [{ name: 'clip.mov', mimeType: 'video/quicktime', buffer: bytes }])
  await expect(transferRow(page, 'clip.mov')).toContainText('Done', { timeout: 30_000 })
  expect(barkeep.cable.struck()).toBe(1)
  const { files } = await barkeep.list('/')
  expect(files.map(({ name, size }) => ({ name, size }))).toEqual([
    { name: 'clip.mov', size: 2_000_000 },
  ])
})

test('an answer that gets lost does not make a second file', async ({
  page,
  barkeep,
  connect,
  watch,
}) => {
  watch.expectTrouble(/ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/)
  await connect()
  barkeep.cable.loseNextAnswerTo(/POST \/api\/v1\/upload/)
  await chooseFiles(page, [textFile('once.txt', 'only once')])
  await expect(transferRow(page, 'once.txt')).toContainText('Done', { timeout: 30_000 })
  expect(barkeep.cable.struck()).toBe(1)
  expect((await barkeep.list('/')).files.map(({ name }) => name)).toEqual(['once.txt'])
})

test('a server that restarts in the middle of an upload loses nothing', async ({
  page,
  barkeep,
  connect,
  watch,
}) => {
  watch.expectTrouble(/ERR_|Failed to load/)
  barkeep.cable.slowTo(300_000)
  await connect()
  const bytes = Buffer.alloc(1_500_000, 3)
  await chooseFiles(page, [{ name: 'long.bin', mimeType: 'application/x', buffer: bytes }])
  await expect(transferRow(page, 'long.bin')).toContainText('Uploading')
  await barkeep.restart()
  barkeep.cable.slowTo(null)
  await expect(transferRow(page, 'long.bin')).toContainText('Done', { timeout: 45_000 })
  expect((await barkeep.list('/')).files.map(({ size }) => size)).toEqual([1_500_000])
})

test('three uploads run at once and the others wait', async ({ page, barkeep, connect }) => {
  barkeep.cable.slowTo(150_000)
  await connect()
  const files = ['1', '2', '3', '4', '5'].map((name) => ({
    name: `part-${name}.bin`,
    mimeType: 'application/x',
    buffer: Buffer.alloc(300_000, name),
  }))
  await chooseFiles(page, files)
  const rows = page.getByRole('region', { name: 'Transfers' }).getByRole('listitem')
  await expect(rows.filter({ hasText: 'Uploading' })).toHaveCount(3)
  await expect(rows.filter({ hasText: 'Waiting' })).toHaveCount(2)
  await expect(rows.filter({ hasText: 'Done' })).toHaveCount(5, { timeout: 30_000 })
})

test('leaving the page while uploading asks first', async ({ page, barkeep, connect }) => {
  barkeep.cable.slowTo(50_000)
  await connect()
  await chooseFiles(page, [
    { name: 'big.bin', mimeType: 'application/x', buffer: Buffer.alloc(3_000_000) },
  ])
  await expect(transferRow(page, 'big.bin')).toContainText('Uploading')
  const asking = page.waitForEvent('dialog')
  const closing = page.close({ runBeforeUnload: true })
  const dialog = await asking
  expect(dialog.type()).toBe('beforeunload')
  await dialog.accept()
  await closing
})
