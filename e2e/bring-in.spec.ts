import { execFileSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Page } from '@playwright/test'
import type { FilesPage } from '#contract/files.ts'
import { dropAtOnce, dropFiles, dropForms } from './drop-files.ts'
import { importDialog, transferRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'
import { pasteForms } from './paste-forms.ts'
import { pasteText } from './paste-text.ts'
import type { Barkeep } from './start-barkeep.ts'

const oddNames = [
  'Who?.mp3',
  '~draft.txt',
  'plain.mp3',
  '.DS_Store',
  'desktop.ini',
  'CON',
  'a.lnk',
  'half.crdownload',
  'a%20b#c.txt',
  '映画 é.txt',
  'Live: Rome/a.mp3',
  'Live: Rome/"quoted" <x>|*.txt',
  'Vol. 1./one.mp3',
  'Vol. 1./Thumbs.db',
  'Vol. 1./deep/er/trailing.',
  'empty file.txt',
]

async function makeOddFolder(folder: string): Promise<void> {
  for (const name of oddNames) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), name === 'empty file.txt' ? '' : name)
  }
}

/** All files below a folder of the server, as paths from it. */
async function listAll(barkeep: Barkeep, folder: string): Promise<string[]> {
  const page: FilesPage = await barkeep.list(folder)
  const inner = await Promise.all(
    page.folders.map(async (name) => {
      const paths = await listAll(barkeep, `${folder}${name}/`)
      return paths.map((path) => `${name}/${path}`)
    }),
  )
  return [...page.files.map(({ name }) => name), ...inner.flat()]
}

async function expectOddFolder(page: Page, barkeep: Barkeep): Promise<void> {
  const done = page.getByRole('region', { name: 'Transfers' }).getByText(/^16 done/)
  await expect(done).toBeVisible({ timeout: 60_000 })
  expect((await listAll(barkeep, '/Odd/')).sort()).toEqual([...oddNames].sort())
}

/** System files too, which a person has to ask for. */
async function sendAll(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Send them too' }).click()
  await page.getByRole('button', { name: 'Send now' }).click()
}

for (const [where, settings] of [
  ['on a secure origin', {}],
  ['on plain http', { HOST: '0.0.0.0' }],
] as const) {
  test.describe(where, () => {
    test.use({ settings })

    test('a folder is taken whole, dropped or chosen, whatever its files are called', async ({
      page,
      barkeep,
      connect,
    }, testInfo) => {
      const folder = testInfo.outputPath('Odd')
      await makeOddFolder(folder)
      await connect()
      await dropFiles(page, [folder])
      await sendAll(page)
      await expectOddFolder(page, barkeep)
      const choosing = page.waitForEvent('filechooser')
      await page.getByRole('button', { name: 'Upload', exact: true }).click()
      await page.getByRole('menuitem', { name: 'Upload folder' }).click()
      await (await choosing).setFiles(folder)
      await sendAll(page)
      // The same bytes in the same place are the same files.
      await expect(page.getByText(/^32 done/)).toBeVisible({ timeout: 60_000 })
      expect((await listAll(barkeep, '/Odd/')).sort()).toEqual([...oddNames].sort())
    })
  })
}

test('what cannot come along is told, and why', async ({ page, barkeep, connect }, testInfo) => {
  const folder = testInfo.outputPath('Mixed')
  await mkdir(join(folder, 'nothing'), { recursive: true })
  await writeFile(join(folder, 'a.txt'), 'a')
  await writeFile(Buffer.concat([Buffer.from(`${folder}/bad`), Buffer.of(0xff)]), 'x')
  execFileSync('mkfifo', [join(folder, 'pipe')])
  const broken = testInfo.outputPath('gone.txt')
  await symlink('nowhere', broken)
  // Without the scope that makes folders.
  await connect({ key: await barkeep.createKey({ scopes: 'read,upload' }) })
  await dropAtOnce(page, [folder, broken])
  await expect(transferRow(page, 'a.txt')).toContainText('Done')
  await expect(transferRow(page, 'pipe')).toContainText('this computer gave 0 bytes')
  await expect(transferRow(page, 'nothing')).toContainText('This folder is empty')
  await expect(transferRow(page, 'gone.txt')).toContainText('cannot read it')
  await expect(transferRow(page, 'A file whose name is no text')).toContainText('Failed')
  expect((await listAll(barkeep, '/')).sort()).toEqual(['Mixed/a.txt', 'Mixed/pipe'])
})

test('a paste or drop of several forms gives what it is about, and never silently nothing', async ({
  page,
  barkeep,
  connect,
}, testInfo) => {
  await connect()
  const links = importDialog(page).getByRole('textbox', { name: 'Links' })
  const cells =
    '<table><tr><td><a href="https://a.example/1?x=1&amp;y=2">One</a><td><a href="https://a.example/2">Two</a></table>'
  await pasteForms(page, { text: 'One\tTwo', html: cells, png: true })
  await expect(links).toHaveValue('https://a.example/1?x=1&y=2\nhttps://a.example/2')
  await importDialog(page).getByRole('button', { name: 'Clear' }).click()
  await expect(links).toBeFocused()

  await pasteForms(page, { text: 'One', html: '<a href="https://a.example/3">One</a>' })
  await expect(links).toHaveValue('https://a.example/3')
  await importDialog(page).getByRole('button', { name: 'Clear' }).click()
  await page.keyboard.press('Escape')

  await pasteForms(page, {
    text: 'see you at five',
    html: '<p>see you at five<img src="https://a.example/pixel.gif">',
  })
  await expect(page.getByText('There is no file and no link in it.')).toBeVisible()
  const plainCells =
    '<html><head><style>td {}</style></head><body><table><tr><td>One<td>7</table></body></html>'
  for (const html of [plainCells, undefined]) {
    await pasteForms(page, { text: 'One\t7\n', ...(html ? { html } : {}), png: true })
    await expect(page.getByText('There is no file and no link in it.')).toBeVisible()
    await expect(page.getByRole('listitem', { name: 'image.png' })).toHaveCount(0)
  }
  await pasteForms(page, { text: ' ', html: '<img alt="A cat" src="data:,">', png: true })
  await expect(transferRow(page, 'image.png')).toContainText('Done')

  const picture = testInfo.outputPath('photo.png')
  await writeFile(picture, 'png')
  const html = (address: string) => ({
    mimeType: 'text/html',
    data: `<img src="${address}">`,
  })
  const uriList = (address: string) => ({ mimeType: 'text/uri-list', data: address })
  const address = 'https://a.example/photo.png'
  await dropForms(page, [uriList('https://a.example/page'), html(address)], [picture])
  await expect(links).toHaveValue('https://a.example/page')
  await importDialog(page).getByRole('button', { name: 'Clear' }).click()
  await page.keyboard.press('Escape')
  await dropForms(page, [uriList(address), html(address)], [picture])
  await expect(transferRow(page, 'photo.png')).toContainText('Done')
  await expect(importDialog(page)).toBeHidden()
  const { files } = await barkeep.list('/')
  expect(files.map(({ name }) => name)).toEqual(['image.png', 'photo.png'])
})

test('links that were typed or pasted stay, each once, until they are started or cleared', async ({
  page,
  connect,
}) => {
  await connect()
  const dialog = importDialog(page)
  const links = dialog.getByRole('textbox', { name: 'Links' })
  await page.getByRole('button', { name: 'Import links' }).press('Enter')
  await expect(links).toBeFocused()
  await expect(links).toHaveValue('')
  await page.keyboard.press('Escape')
  await pasteText(page, 'https://a.example/1')
  await expect(links).toHaveValue('https://a.example/1')
  await dialog.getByRole('switch', { name: 'Subtitles' }).click()
  await dialog.getByRole('textbox', { name: 'Folder' }).fill('/Kept/')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()

  // A field that takes the focus while the paste is handled would get the browser's own paste as well.
  const filter = page.getByRole('searchbox', { name: 'Filter files' })
  await filter.evaluate((field) => {
    addEventListener('paste', () => field.focus(), { once: true })
  })
  await pasteText(page, 'https://a.example/2')
  await expect(links).toHaveValue('https://a.example/1\nhttps://a.example/2')
  await expect(links).toBeFocused()
  await page.mouse.click(5, 5)
  await expect(dialog).toBeHidden()
  await expect(filter).toHaveValue('')
  await filter.blur()
  await pasteText(page, 'https://a.example/1')
  await expect(links).toHaveValue('https://a.example/1\nhttps://a.example/2')
  await expect(dialog.getByRole('switch', { name: 'Subtitles' })).toBeChecked()
  await expect(dialog.getByRole('textbox', { name: 'Folder' })).toHaveValue('/Kept/')

  // Into the field itself, and onto it.
  await links.press('ControlOrMeta+End')
  await pasteText(page, 'https://a.example/3')
  await dropForms(page, [{ mimeType: 'text/uri-list', data: 'https://a.example/4' }], [])
  await expect(links).toHaveValue(
    [1, 2, 3, 4].map((number) => `https://a.example/${number}`).join('\n'),
  )
  // One that is there already is no second one, and those of before keep their place above.
  await pasteText(page, 'https://a.example/4')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Import links' }).click()
  await pasteText(page, 'https://a.example/2\nhttps://a.example/5')
  await page.keyboard.press('ControlOrMeta+V')
  await expect(links).toHaveValue(
    [1, 2, 3, 4, 5].map((number) => `https://a.example/${number}`).join('\n'),
  )
  await dialog.getByRole('button', { name: 'Clear' }).click()
  await expect(links).toHaveValue('')
  await expect(dialog.getByRole('textbox', { name: 'Folder' })).toHaveValue('/')
  await expect(dialog.getByRole('switch', { name: 'Subtitles' })).not.toBeChecked()
})

test('on another screen reloading asks while uploads run, and what is dropped or pasted is taken', async ({
  page,
  barkeep,
  connect,
}, testInfo) => {
  await barkeep.upload({ folder: '/Films/', name: 'old.txt' })
  const dropped = testInfo.outputPath('dropped.txt')
  await writeFile(dropped, 'dropped')
  const big = testInfo.outputPath('big.bin')
  await writeFile(big, Buffer.alloc(2_000_000))
  await connect({ folder: '/Films/' })
  barkeep.cable.slowTo(100_000)
  await dropFiles(page, [big])
  await expect(transferRow(page, 'big.bin')).toContainText('Uploading')
  await page.getByRole('searchbox', { name: 'Filter files' }).fill('old')
  await page.getByRole('button', { name: /^owner/ }).click()
  await page.getByRole('link', { name: /API keys/ }).click()
  // The form takes the focus when it comes; what is pasted into its fields is theirs.
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused()
  await page.getByRole('heading', { name: 'API keys' }).click()

  const asking = page.waitForEvent('dialog')
  const reloading = page.evaluate(() => location.reload()).catch(() => {})
  const question = await asking
  expect(question.type()).toBe('beforeunload')
  await question.dismiss()
  await reloading

  await dropFiles(page, [dropped])
  await expect(page.getByText('1 upload to /Films/')).toBeVisible()
  await pasteText(page, 'https://a.example/1')
  await expect(importDialog(page).getByRole('textbox', { name: 'Folder' })).toHaveValue('/Films/')
  await page.keyboard.press('Escape')
  barkeep.cable.slowTo(null)
  await page.getByRole('link', { name: 'Back to the files' }).click()
  await expect(page.getByRole('searchbox', { name: 'Filter files' })).toHaveValue('old')
  for (const name of ['dropped.txt', 'big.bin'])
    await expect(transferRow(page, name)).toContainText('Done', { timeout: 60_000 })
  const { files } = await barkeep.list('/Films/')
  expect(files.map(({ name }) => name)).toEqual(['big.bin', 'dropped.txt', 'old.txt'])
})

test('a drop that comes before what reads it is not lost, and one before connecting leaves the page', async ({
  page,
  barkeep,
  connect,
  watch,
}, testInfo) => {
  watch.allowOrigin(barkeep.origin)
  const file = testInfo.outputPath('early.txt')
  await writeFile(file, 'early')
  await page.goto(barkeep.origin)
  await expect(page.getByRole('button', { name: 'Connect' })).toBeVisible()
  await dropFiles(page, [file])
  await expect(page.getByText('Connect with a key first')).toBeVisible()
  expect(new URL(page.url()).origin).toBe(barkeep.origin)

  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  await page.route(/read-transfer/, async (route) => {
    await held
    await route.continue()
  })
  watch.expectTrouble(/ERR_FAILED/)
  let queueTries = 0
  await page.route(/transfer-queues/, async (route) => {
    queueTries += 1
    if (queueTries === 1) return route.abort()
    await held
    await route.continue()
  })
  await connect()
  await dropFiles(page, [file])
  await expect(page.getByText('Reading what was dropped…')).toBeVisible()
  letGo()
  await expect(transferRow(page, 'early.txt')).toContainText('Done')
  expect(queueTries).toBe(2)
})
