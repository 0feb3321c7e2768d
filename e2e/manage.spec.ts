import type { Page } from '@playwright/test'
import { fileRow, treeItem } from './find-rows.ts'
import { findViolations } from './find-violations.ts'
import { expect, test } from './fixtures.ts'

const undo = (page: Page) => page.getByRole('button', { name: 'Undo' })
const dialog = (page: Page, name: string) => page.getByRole('dialog', { name })
const nameField = (page: Page) => page.getByRole('textbox', { name: 'New name' })
const names = async (files: Promise<{ files: { name: string }[] }>) =>
  (await files).files.map(({ name }) => name)

test('by keyboard: rename, delete, a new folder, cut and paste, each taken back by Ctrl+Z', async ({
  page,
  barkeep,
  connect,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  for (const name of ['a.tar.gz', 'b.txt']) await barkeep.upload({ name })
  await connect()
  await expect(fileRow(page, 'a.tar.gz')).toBeFocused()

  await page.keyboard.press('F2')
  await expect(nameField(page)).toBeFocused()
  await page.keyboard.type('c')
  await page.keyboard.press('Enter')
  await expect(fileRow(page, 'c.tar.gz')).toBeFocused()
  await expect.poll(() => names(barkeep.list('/'))).toEqual(['b.txt', 'c.tar.gz'])
  await page.keyboard.press('Control+Z')
  await expect(fileRow(page, 'a.tar.gz')).toBeVisible()

  // A name that is taken: the reason is beside the field, and what was typed stays.
  await fileRow(page, 'a.tar.gz').focus()
  await page.keyboard.press('F2')
  await nameField(page).fill('b.txt')
  await page.keyboard.press('Enter')
  await expect(nameField(page)).toHaveAccessibleDescription(/taken/)
  await expect(nameField(page)).toHaveValue('b.txt')
  expect(await findViolations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await expect(fileRow(page, 'a.tar.gz')).toBeFocused()

  await page.keyboard.press('Delete')
  await expect(fileRow(page, 'b.txt')).toBeFocused()
  await expect.poll(() => names(barkeep.list('/'))).toEqual(['b.txt'])
  await page.keyboard.press('Control+Z')
  await expect(fileRow(page, 'a.tar.gz')).toBeVisible()

  await page.keyboard.press('Control+Alt+n')
  await expect(dialog(page, 'New folder').getByLabel('Folder name')).toBeFocused()
  expect(await findViolations(page)).toEqual([])
  await page.keyboard.type('Films')
  await page.keyboard.press('Enter')
  await expect(fileRow(page, 'Films')).toBeFocused()
  await expect(treeItem(page, 'Films')).toBeVisible()

  await fileRow(page, 'b.txt').focus()
  await page.keyboard.press('Control+X')
  await expect(page.getByText('“b.txt” cut').first()).toBeVisible()
  await fileRow(page, 'Films').focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/Films/)
  await page.keyboard.press('Control+V')
  await expect(fileRow(page, 'b.txt')).toBeVisible()
  await expect.poll(() => names(barkeep.list('/Films/'))).toEqual(['b.txt'])
  await page.keyboard.press('Control+Z')
  await expect(fileRow(page, 'b.txt')).toBeHidden()
  await expect.poll(() => names(barkeep.list('/'))).toEqual(['a.tar.gz', 'b.txt'])
})

test('by mouse: drag onto a folder, the tree and the path, move and copy by the dialog, the trash', async ({
  page,
  barkeep,
  connect,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await barkeep.upload({ folder: '/Films/2026/', name: 'x.txt' })
  for (const name of ['a.txt', 'b.txt']) await barkeep.upload({ name })
  await connect()

  await fileRow(page, 'a.txt').dragTo(fileRow(page, 'Films'))
  await expect(fileRow(page, 'a.txt')).toBeHidden()
  await expect.poll(() => names(barkeep.list('/Films/'))).toEqual(['a.txt'])
  await undo(page).click()
  await expect(fileRow(page, 'a.txt')).toBeVisible()
  await fileRow(page, 'a.txt').dragTo(treeItem(page, 'Films'))
  await expect(fileRow(page, 'a.txt')).toBeHidden()
  await treeItem(page, 'Films').click()
  await fileRow(page, 'a.txt').dragTo(
    page.getByRole('navigation', { name: 'Folder path' }).getByRole('link', { name: 'All files' }),
  )
  await expect(fileRow(page, 'a.txt')).toBeHidden()
  await expect.poll(() => names(barkeep.list('/'))).toEqual(['a.txt', 'b.txt'])
  await treeItem(page, 'All files').click()

  const menu = page.getByRole('menu')
  await fileRow(page, 'a.txt').click({ button: 'right' })
  await menu.getByRole('menuitem', { name: 'Move to…' }).click()
  const picker = dialog(page, 'Choose a folder')
  await picker.getByRole('searchbox', { name: 'Filter folders' }).fill('202')
  await picker.getByRole('treeitem', { name: '2026' }).click()
  expect(await findViolations(page)).toEqual([])
  await picker.getByRole('button', { name: 'Move here' }).click()
  await expect(fileRow(page, 'a.txt')).toBeHidden()
  await expect.poll(() => names(barkeep.list('/Films/2026/'))).toEqual(['a.txt', 'x.txt'])
  await fileRow(page, 'Films').click({ button: 'right' })
  await menu.getByRole('menuitem', { name: 'Copy to…' }).click()
  await picker.getByRole('button', { name: 'New folder' }).click()
  await picker.getByLabel('Folder name').fill('Copies')
  await page.keyboard.press('Enter')
  await picker.getByRole('button', { name: 'Copy here' }).click()
  await expect.poll(async () => (await barkeep.list('/Copies/')).folders).toEqual(['Films'])

  await fileRow(page, 'Films').click({ button: 'right' })
  await menu.getByRole('menuitem', { name: 'Delete', exact: true }).click()
  await expect(fileRow(page, 'Films')).toBeHidden()
  await fileRow(page, 'b.txt').click()
  await page.keyboard.press('Delete')
  await expect(fileRow(page, 'b.txt')).toBeHidden()
  await page.getByRole('link', { name: 'Trash' }).click()
  const trash = page.getByRole('table', { name: 'Trash' })
  await expect(trash.getByRole('row', { name: 'b.txt' })).toBeVisible()
  expect(await findViolations(page)).toEqual([])
  await trash
    .getByRole('row', { name: 'Films' })
    .getByRole('button', { name: 'More actions' })
    .click()
  await menu.getByRole('menuitem', { name: 'Restore' }).click()
  await expect(trash.getByRole('row', { name: 'Films' })).toBeHidden()
  await expect(treeItem(page, 'Films')).toBeVisible()
  await trash.getByRole('row', { name: 'b.txt' }).click({ button: 'right' })
  await menu.getByRole('menuitem', { name: 'Delete for ever' }).click()
  await dialog(page, 'Delete for ever?').getByRole('button', { name: 'Delete for ever' }).click()
  await expect(page.getByText('The trash is empty')).toBeVisible()
  expect((await barkeep.list('/')).folders).toEqual(['Copies', 'Films'])
})

test.describe('in a list longer than the screen', () => {
  test.use({ settings: { BARKEEP_RATE_LIMIT: '600' } })

  test('Delete pressed again is about the next row, and Ctrl+Z brings all of them back', async ({
    page,
    barkeep,
    connect,
  }) => {
    for (let number = 0; number < 60; number += 1) await barkeep.upload({ name: `f ${number}` })
    await connect()
    await expect(fileRow(page, 'f 0')).toBeFocused()
    for (let number = 0; number < 4; number += 1) {
      await page.keyboard.press('Delete')
      await expect(fileRow(page, `f ${number + 1}`)).toBeFocused()
    }
    await expect.poll(async () => (await barkeep.list('/')).files[0]?.name).toBe('f 4')
    for (let number = 0; number < 4; number += 1) await page.keyboard.press('Control+Z')
    await expect(fileRow(page, 'f 0')).toBeVisible()
    await expect.poll(() => names(barkeep.list('/')).then(([first]) => first)).toBe('f 0')
    await expect(page.getByText('60 files')).toBeVisible()
  })
})

test.describe('with a finger', () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } })

  test('the row menu and the selection bar do all of it', async ({ page, barkeep, connect }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' })
    for (const name of ['a.txt', 'b.txt', 'c.txt']) await barkeep.upload({ name })
    await barkeep.upload({ folder: '/Films/', name: 'x.txt' })
    await connect()
    const menu = page.getByRole('menu')
    await fileRow(page, 'Films').getByRole('button', { name: 'More actions' }).tap()
    await menu.getByRole('menuitem', { name: 'Rename' }).tap()
    await nameField(page).fill('Movies')
    await page.keyboard.press('Enter')
    await expect(fileRow(page, 'Movies')).toBeVisible()
    for (const name of ['a.txt', 'b.txt']) await fileRow(page, name).getByRole('checkbox').tap()
    await page.getByRole('button', { name: 'Move to…' }).tap()
    const picker = dialog(page, 'Choose a folder')
    await picker.getByRole('treeitem', { name: 'Movies' }).tap()
    await picker.getByRole('button', { name: 'Move here' }).tap()
    await expect(fileRow(page, 'a.txt')).toBeHidden()
    await expect.poll(() => names(barkeep.list('/Movies/'))).toEqual(['a.txt', 'b.txt', 'x.txt'])
    await undo(page).tap()
    await expect(fileRow(page, 'b.txt')).toBeVisible()
    expect(await findViolations(page)).toEqual([])
  })
})

test('what the server refuses is taken back on screen, with a sentence', async ({
  page,
  barkeep,
  connect,
}) => {
  for (const name of ['a.txt', 'b.txt']) await barkeep.upload({ name })
  await connect()
  await page.route('**/api/v1/files/delete', async (route) => {
    const answer = await route.fetch()
    const reply = await answer.json()
    reply.results[1] = {
      item: '/b.txt',
      status: 'error',
      code: 'not_found',
      message: 'It is held.',
    }
    await route.fulfill({ response: answer, json: reply })
  })
  await fileRow(page, 'a.txt').click()
  await fileRow(page, 'b.txt').click({ modifiers: ['Control'] })
  await page.keyboard.press('Delete')
  await expect(page.getByText('1 of 2 was not deleted. It is held.').first()).toBeVisible()
  await expect(fileRow(page, 'b.txt')).toBeVisible()
  await expect(fileRow(page, 'a.txt')).toBeHidden()
})

test('a key that may not is told so, once, and nothing dead is shown', async ({
  page,
  barkeep,
  connect,
}) => {
  await barkeep.upload({ name: 'a.txt' })
  await connect({ key: await barkeep.createKey({ scopes: 'read,upload' }) })
  await expect(page.getByText('it lacks the scope “manage”')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Trash' })).toBeHidden()
  await expect(page.getByRole('button', { name: 'New folder' })).toBeHidden()
  await fileRow(page, 'a.txt').click({ button: 'right' })
  await expect(page.getByRole('menuitem', { name: 'Copy link' })).toBeVisible()
  await expect(page.getByRole('menuitem', { name: 'Rename' })).toBeHidden()
})
