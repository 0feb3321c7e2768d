import type { Locator, Page } from '@playwright/test'
import { fileRow, importDialog, transferRow, treeItem } from './find-rows.ts'
import { expect, test } from './fixtures.ts'
import { folderUrl } from './folder-url.ts'

/** What tells two elements apart in forced colours; backgrounds of one's own are painted over there. */
function colorsOf(element: Locator): Promise<string> {
  return element.evaluate((node) => {
    const { backgroundColor, borderColor, color, forcedColorAdjust } = getComputedStyle(node)
    return [backgroundColor, borderColor, color, forcedColorAdjust].join(' ')
  })
}

async function expectApart(one: Locator, other: Locator): Promise<void> {
  expect(await colorsOf(one)).not.toBe(await colorsOf(other))
}

test('in forced colours what is chosen, switched on or filled differs from what is not', async ({
  page,
  barkeep,
  connect,
}) => {
  await page.emulateMedia({ forcedColors: 'active' })
  for (const name of ['a.txt', 'b.txt']) await barkeep.upload({ folder: '/Films/', name })
  await connect({ folder: '/Films/' })
  await fileRow(page, 'a.txt').click()
  await page.mouse.move(0, 0)
  await expectApart(fileRow(page, 'a.txt'), fileRow(page, 'b.txt'))
  await expectApart(treeItem(page, 'Films'), treeItem(page, 'All files'))
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  await expectApart(button('List'), button('Tiles'))
  await expectApart(
    page.getByRole('tab', { name: 'Uploads' }),
    page.getByRole('tab', { name: 'Imports' }),
  )
  const circles = page.getByRole('meter', { name: 'Requests left' }).locator('circle')
  const strokes = await circles.evaluateAll((all) => all.map((one) => getComputedStyle(one).stroke))
  expect(new Set(strokes).size).toBe(2)

  await button('Import links').click()
  const dialog = importDialog(page)
  await expectApart(
    dialog.getByRole('radio', { name: 'Auto' }),
    dialog.getByRole('radio', { name: 'Video' }),
  )
  await dialog.getByRole('switch', { name: 'Subtitles' }).click()
  await expectApart(
    dialog.getByRole('switch', { name: 'Subtitles' }),
    dialog.getByRole('switch', { name: 'Thumbnail' }),
  )
})

test('a page that stays open over midnight says Today no longer', async ({
  page,
  barkeep,
  connect,
}) => {
  await page.clock.install()
  await barkeep.upload({ name: 'a.txt' })
  await connect()
  await expect(fileRow(page, 'a.txt')).toContainText('Today')
  await page.clock.fastForward('26:00:00')
  await expect(fileRow(page, 'a.txt')).not.toContainText('Today')
})

/** Rows of the list that can be seen whole. */
function rowsInSight(page: Page): Promise<number> {
  return page.getByRole('grid', { name: 'Files' }).evaluate((grid) => {
    const frame = grid.closest('.scroll-area')?.getBoundingClientRect()
    const rows = [...grid.querySelectorAll('[data-key]')].map((row) => row.getBoundingClientRect())
    return rows.filter(({ top, bottom }) => frame && top >= frame.top && bottom <= frame.bottom)
      .length
  })
}

test.describe('with fingers', () => {
  test.use({ hasTouch: true, isMobile: true })

  test('most of a phone on its side belongs to the list, and dialogs fit', async ({
    page,
    barkeep,
    connect,
  }) => {
    for (let count = 1; count <= 9; count += 1) await barkeep.upload({ name: `${count}.txt` })
    await page.setViewportSize({ width: 568, height: 320 })
    await connect()
    for (const [width, height, rows] of [
      [568, 320, 4],
      [667, 375, 5],
      [844, 390, 6],
      [320, 568, 5],
      [640, 360, 5],
    ] as const) {
      await page.setViewportSize({ width, height })
      await expect
        .poll(() => rowsInSight(page), `${width} x ${height}`)
        .toBeGreaterThanOrEqual(rows)
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    }
    await page.setViewportSize({ width: 568, height: 320 })
    await page.getByRole('button', { name: 'Import links' }).click()
    const start = importDialog(page).getByRole('button', { name: 'Start import' })
    await expect(start).toBeInViewport({ ratio: 1 })
    await importDialog(page).getByLabel('File name').scrollIntoViewIfNeeded()
    await expect(importDialog(page).getByLabel('File name')).toBeInViewport({ ratio: 1 })
  })
})

/** Elements whose text does not fit them. */
function cutTexts(element: Locator): Promise<string[]> {
  return element.evaluate((node) =>
    [...node.querySelectorAll<HTMLElement>('span, bdi')]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth && clientWidth > 0)
      .map(({ textContent }) => textContent ?? ''),
  )
}

test('what matters most is cut last: state and share, the last folder, names deep in the tree', async ({
  page,
  barkeep,
  site,
  connect,
}) => {
  const names = Array.from({ length: 20 }, (_, index) => `Night shots ${index + 1}`)
  const folder = `/${names.join('/')}/`
  await barkeep.upload({ folder, name: 'a.txt' })
  await page.setViewportSize({ width: 1280, height: 900 })
  await connect({ folder })
  await page.getByRole('button', { name: 'Import links' }).click()
  const link = `${site.origin}/file/slow.bin?size=1200000&pace=200`
  await importDialog(page).getByRole('textbox', { name: 'Links' }).fill(link)
  for (const name of ['Subtitles', 'Thumbnail']) {
    await importDialog(page).getByRole('switch', { name }).click()
  }
  await importDialog(page).getByRole('button', { name: 'Start import' }).click()
  const row = transferRow(page, link)
  await expect(row).toContainText(/[1-9]\d* %/)
  for (const width of [1280, 1024, 820, 390]) {
    await page.setViewportSize({ width, height: 900 })
    await expect(row).toBeVisible()
    const cut = (await cutTexts(row)).join('|')
    expect(cut, `${width}`).not.toMatch(/Importing|%$/)
    if (width > 1000) expect(cut, `${width}`).not.toContain('subtitles')
  }

  await page.setViewportSize({ width: 1024, height: 900 })
  const path = page.getByRole('navigation', { name: 'Folder path' })
  const last = path.getByRole('link', { name: 'Night shots 20' })
  await expect(last).toBeVisible()
  expect(await cutTexts(path)).toEqual([])
  const deep = treeItem(page, 'Night shots 20').locator('bdi')
  const { width } = (await deep.boundingBox()) ?? { width: 0 }
  expect(width).toBeGreaterThan(60)
  await page.goto(folderUrl(barkeep, '/'))
})
