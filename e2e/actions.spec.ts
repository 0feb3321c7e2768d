import type { Locator, Page } from '@playwright/test'
import { fileRow, importDialog } from './find-rows.ts'
import { findViolations } from './find-violations.ts'
import { expect, test } from './fixtures.ts'

const items = (menu: Locator) => menu.getByRole('menuitem').evaluateAll(namesOf)

/** By their text; the keys beside it are hidden from screen readers, which have `aria-keyshortcuts`. */
function namesOf(elements: Element[]): (string | undefined)[] {
  return elements.map((element) => element.querySelector('span:not([aria-hidden])')?.textContent)
}

const help = (page: Page) => page.getByRole('dialog', { name: 'Keyboard shortcuts' })

test('the right button offers what can be done with a row, with the selection and with the list', async ({
  page,
  context,
  barkeep,
  connect,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const links: string[] = []
  for (const name of ['a.txt', 'b.txt']) links.push((await barkeep.upload({ name })).link)
  await barkeep.upload({ folder: '/Films/', name: 'inside.txt' })
  await connect()
  const menu = page.getByRole('menu')

  await fileRow(page, 'a.txt').click({ button: 'right' })
  await expect(page.getByRole('menu', { name: 'a.txt' })).toBeVisible()
  const managed = ['Move to…', 'Copy to…', 'Cut', 'Copy', 'Delete']
  const ofFile = [
    ...['Open', 'Open in a new tab', 'Copy link', 'Links…', 'Copy address', 'Download'],
    ...['Details', 'Share…', 'Rename', ...managed, 'Select', 'Select all'],
  ]
  expect(await items(menu)).toEqual(ofFile)
  expect(await findViolations(page)).toEqual([])
  await menu.getByRole('menuitem', { name: 'Copy link' }).click()
  await expect(page.getByText('Link copied')).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(links[0])
  await expect(fileRow(page, 'a.txt')).toBeFocused()

  await fileRow(page, 'Films').click({ button: 'right' })
  expect(await items(menu)).toEqual([
    ...['Open', 'Copy address', 'Download as zip', 'Details', 'Share…', 'Ask for files…'],
    ...['Rename', ...managed, 'Select', 'Select all'],
  ])
  // Another row, while the menu of the first is open.
  await fileRow(page, 'b.txt').click({ button: 'right' })
  await expect(page.getByRole('menu', { name: 'b.txt' })).toBeVisible()
  await menu.getByRole('menuitem', { name: 'Select all' }).click()
  await fileRow(page, 'a.txt').click({ button: 'right' })
  await expect(page.getByRole('menu', { name: '3 selected' })).toBeVisible()
  expect(await items(menu)).toEqual([
    'Copy 2 links',
    'Links…',
    'Download 2 files',
    'Download as zip',
    'Details',
    'Share…',
    ...managed,
    'Select all',
    'Clear selection',
  ])
  await menu.getByRole('menuitem', { name: 'Clear selection' }).click()
  await expect(page.getByText('3 selected')).toBeHidden()

  await page
    .getByRole('grid', { name: 'Files' })
    .locator('..')
    .click({
      button: 'right',
      position: { x: 300, y: 400 },
    })
  await expect(page.getByRole('menu', { name: 'This folder' })).toBeVisible()
  await menu.getByRole('menuitem', { name: 'Import links' }).click()
  await expect(importDialog(page)).toBeVisible()
})

test('the keys open the same menu, and give the keyboard back', async ({
  page,
  barkeep,
  connect,
}) => {
  for (const name of ['a.txt', 'b.txt']) await barkeep.upload({ name })
  await connect()
  await expect(fileRow(page, 'a.txt')).toBeFocused()
  await page.keyboard.press('ArrowDown')
  for (const key of ['Shift+F10', 'ContextMenu']) {
    await page.keyboard.press(key)
    await expect(page.getByRole('menu', { name: 'b.txt' })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('menu')).toBeHidden()
    await expect(fileRow(page, 'b.txt')).toBeFocused()
  }
  await page.keyboard.press('Shift+F10')
  await page.getByRole('menu').getByRole('menuitem', { name: 'Select', exact: true }).click()
  await expect(fileRow(page, 'b.txt')).toHaveAttribute('aria-selected', 'true')
  await expect(fileRow(page, 'b.txt')).toBeFocused()
  await page.keyboard.press('Space')
  await expect(fileRow(page, 'b.txt')).toHaveAttribute('aria-selected', 'false')
})

test.describe('with a finger', () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } })

  test('a long press opens the menu, and not the file', async ({
    page,
    context,
    barkeep,
    connect,
  }) => {
    await barkeep.upload({ name: 'a.txt' })
    await connect()
    const box = await fileRow(page, 'a.txt').boundingBox()
    const at = { x: (box?.x ?? 0) + 200, y: (box?.y ?? 0) + 20 }
    const finger = await context.newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchEnd') =>
      finger.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: type === 'touchStart' ? [at] : [],
      })
    await touch('touchStart')
    const menu = page.getByRole('menu', { name: 'a.txt' })
    await expect(menu).toBeVisible()
    await expect(menu).toBeInViewport({ ratio: 1 })
    await touch('touchEnd')
    await menu.getByRole('menuitem', { name: 'Select', exact: true }).tap()
    await expect(page.getByText('1 selected')).toBeVisible()
    expect(context.pages()).toHaveLength(1)
  })
})

for (const width of [1440, 390]) {
  test(`"?" and the account show all keys at ${width} pixels`, async ({ page, connect }) => {
    await page.setViewportSize({ width, height: 844 })
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await connect()
    await expect(page.getByRole('grid', { name: 'Files' })).toBeFocused()
    await page.keyboard.press('?')
    await expect(help(page)).toBeVisible()
    for (const label of ['Filter files', 'Select all', 'Open the context menu']) {
      await expect(help(page).getByText(label)).toBeVisible()
    }
    expect(await findViolations(page)).toEqual([])
    // Nothing behind a dialog answers.
    await page.keyboard.press('/')
    await expect(help(page)).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('grid', { name: 'Files' })).toBeFocused()

    const field = page.getByRole('searchbox', { name: 'Filter files' })
    await page.keyboard.press('/')
    await expect(field).toBeFocused()
    await page.keyboard.type('/?')
    // Once more is no letter where nothing is typed yet.
    await expect(field).toHaveValue('?')
    await expect(help(page)).toBeHidden()

    if (width < 768) await page.getByRole('button', { name: 'Folders and account' }).click()
    await page.getByRole('button', { name: /^owner/ }).click()
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
    await expect(help(page)).toBeVisible()
  })
}
