import { fileRow, treeItem } from './find-rows.ts'
import { expect, test } from './fixtures.ts'
import { folderUrl } from './folder-url.ts'
import { withoutAdditions } from './without-additions.ts'

test.use({ settings: { BARKEEP_RATE_LIMIT: '100000' } })

test('the address is the folder: by double click, Enter, crumbs, history and reload', async ({
  page,
  barkeep,
  connect,
}) => {
  await barkeep.upload({ folder: '/Films/Été & co/', name: 'a.txt' })
  await connect()
  await expect(page).toHaveURL(folderUrl(barkeep, '/'))
  await fileRow(page, 'Films').dblclick()
  await expect(page).toHaveURL(folderUrl(barkeep, '/Films/'))
  await fileRow(page, 'Été & co').focus()
  await page.keyboard.press('Enter')
  await expect(fileRow(page, 'a.txt')).toBeVisible()
  expect(decodeURIComponent(new URL(page.url()).pathname)).toBe('/files/Films/Été & co/')

  await page.reload()
  await expect(fileRow(page, 'a.txt')).toBeVisible()
  const path = page.getByRole('navigation', { name: 'Folder path' })
  await path.getByRole('link', { name: 'Films' }).click()
  await expect(page).toHaveURL(folderUrl(barkeep, '/Films/'))
  await page.goBack()
  await expect(fileRow(page, 'a.txt')).toBeVisible()
  await page.goForward()
  await expect(fileRow(page, 'Été & co')).toBeVisible()
  await path.getByRole('link', { name: 'All files' }).click()
  await expect(page).toHaveURL(folderUrl(barkeep, '/'))
})

test('the tree opens folders by mouse and is walked by keyboard', async ({
  page,
  barkeep,
  connect,
}) => {
  await barkeep.upload({ folder: '/Films/2026/', name: 'a.txt' })
  await barkeep.upload({ folder: '/Music/', name: 'b.txt' })
  await connect()
  await expect(treeItem(page, 'All files')).toHaveAttribute('aria-selected', 'true')
  await treeItem(page, 'Music').click()
  await expect(page).toHaveURL(folderUrl(barkeep, '/Music/'))
  await expect(fileRow(page, 'b.txt')).toBeVisible()

  await treeItem(page, 'Music').focus()
  await page.keyboard.press('ArrowUp')
  await expect(treeItem(page, 'Films')).toBeFocused()
  await expect(treeItem(page, 'Films')).toHaveAttribute('aria-expanded', 'false')
  await page.keyboard.press('ArrowRight')
  await expect(treeItem(page, 'Films')).toHaveAttribute('aria-expanded', 'true')
  await page.keyboard.press('ArrowRight')
  await expect(treeItem(page, '2026')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(folderUrl(barkeep, '/Films/2026/'))
  await treeItem(page, '2026').focus()
  await page.keyboard.press('Home')
  await expect(treeItem(page, 'All files')).toBeFocused()
  await page.keyboard.press('End')
  await expect(treeItem(page, 'Music')).toBeFocused()
})

test('a folder of 200 files loads its pages while one scrolls, each once', async ({
  page,
  barkeep,
  connect,
}) => {
  const names = Array.from({ length: 200 }, (_, index) => `file-${String(index).padStart(3, '0')}`)
  await Promise.all(names.map((name) => barkeep.upload({ folder: '/Many/', name })))
  const offsets: string[] = []
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.pathname === '/api/v1/files') offsets.push(url.searchParams.get('offset') ?? '0')
  })
  await withoutAdditions(page)
  await connect({ folder: '/Many/' })
  await expect(fileRow(page, 'file-000')).toBeVisible()
  await fileRow(page, 'file-000').hover()
  await expect(async () => {
    await page.mouse.wheel(0, 2_000)
    await expect(fileRow(page, 'file-199')).toBeVisible({ timeout: 250 })
  }).toPass()
  expect(offsets.sort()).toEqual(['0', '100', '150', '50'])
  const drawn = await page.getByRole('grid', { name: 'Files' }).getByRole('row').count()
  expect(drawn).toBeLessThan(100)
})

test('the filter narrows the list, says when nothing is left, and can be cleared', async ({
  page,
  barkeep,
  connect,
}) => {
  for (const name of ['Apple.txt', 'apricot.txt', 'banana.txt']) await barkeep.upload({ name })
  await connect()
  await expect(fileRow(page, 'banana.txt')).toBeVisible()
  await page.keyboard.press('/')
  const filter = page.getByRole('searchbox', { name: 'Filter files' })
  await expect(filter).toBeFocused()
  await filter.fill('AP')
  await expect(fileRow(page, 'Apple.txt')).toBeVisible()
  await expect(fileRow(page, 'apricot.txt')).toBeVisible()
  await expect(fileRow(page, 'banana.txt')).toBeHidden()
  await filter.fill('zebra')
  await expect(fileRow(page, 'Apple.txt')).toBeHidden()
  await filter.press('Escape')
  await expect(filter).toHaveValue('')
  await expect(filter).not.toBeFocused()
  await expect(fileRow(page, 'banana.txt')).toBeVisible()
})

test('a folder that does not exist says so and offers the way back', async ({
  page,
  barkeep,
  connect,
  watch,
}) => {
  watch.expectTrouble(/404/)
  await barkeep.upload({ name: 'a.txt' })
  await connect({ folder: '/Nowhere/' })
  await expect(page.getByText(/no such folder|does not exist|not found/i).first()).toBeVisible()
  await page.getByRole('navigation', { name: 'Folder path' }).getByText('All files').click()
  await expect(fileRow(page, 'a.txt')).toBeVisible()
})

test('an empty account says what to do', async ({ page, connect }) => {
  await connect()
  await expect(page.getByText(/drop/i).first()).toBeVisible()
})

test('a link is copied and a file is downloaded from its row', async ({
  page,
  context,
  barkeep,
  connect,
}) => {
  const { link } = await barkeep.upload({ name: 'notes.txt', bytes: 'to be kept' })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await connect()
  await fileRow(page, 'notes.txt').hover()
  await fileRow(page, 'notes.txt').getByRole('button', { name: 'Copy link' }).click()
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(link)
  const downloading = page.waitForEvent('download')
  await fileRow(page, 'notes.txt').getByRole('button', { name: 'Download' }).click()
  expect((await downloading).suggestedFilename()).toBe('notes.txt')
})

test('an opened folder costs nothing the second time', async ({ page, barkeep, connect }) => {
  await barkeep.upload({ folder: '/Films/', name: 'a.txt' })
  await connect()
  await fileRow(page, 'Films').dblclick()
  await expect(fileRow(page, 'a.txt')).toBeVisible()
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goBack()
  await expect(fileRow(page, 'Films')).toBeVisible()
  await page.goForward()
  await expect(fileRow(page, 'a.txt')).toBeVisible()
  expect(asked.filter((url) => url.includes('/api/'))).toEqual([])
})
