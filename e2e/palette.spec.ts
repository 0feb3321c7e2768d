import type { Page } from '@playwright/test'
import { fileRow } from './find-rows.ts'
import { findViolations } from './find-violations.ts'
import { expect, test } from './fixtures.ts'
import { withoutAdditions } from './without-additions.ts'

const palette = (page: Page) => page.getByRole('dialog', { name: 'Command palette' })
const field = (page: Page) => palette(page).getByRole('combobox', { name: 'Search' })
const option = (page: Page, name: string | RegExp) => palette(page).getByRole('option', { name })

test('the palette finds actions, folders and files by keyboard alone, and gives the keyboard back', async ({
  page,
  context,
  barkeep,
  connect,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const name = '50 % & more? #1+🎬 Été.txt'
  await barkeep.upload({ folder: '/Films/2026/', name })
  await barkeep.upload({ folder: '/Films/', name: 'old.txt' })
  await connect()
  await expect(fileRow(page, 'Films')).toBeFocused()

  await page.keyboard.press('ControlOrMeta+k')
  await expect(field(page)).toBeFocused()
  await page.keyboard.type('upl')
  await expect(option(page, 'Upload files')).toBeVisible()
  expect(await findViolations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await expect(fileRow(page, 'Films')).toBeFocused()

  // From within a field as well.
  await page.keyboard.press('/')
  await page.keyboard.press('ControlOrMeta+k')
  await expect(field(page)).toBeFocused()
  await page.keyboard.type('2026')
  await expect(option(page, '2026, in /Films/')).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Enter')
  await expect(fileRow(page, name)).toBeVisible()

  await page.keyboard.press('ControlOrMeta+k')
  await expect(field(page)).toBeFocused()
  await page.keyboard.type('ete & 50')
  await expect(option(page, `${name}, in /Films/2026/`)).toBeVisible()
  expect(await findViolations(page)).toEqual([])
  const opening = context.waitForEvent('page')
  await page.keyboard.press('ControlOrMeta+Enter')
  await (await opening).close()

  await page.keyboard.press('ControlOrMeta+k')
  await expect(field(page)).toBeFocused()
  await page.keyboard.type('tiles')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Tiles' })).toHaveAttribute('aria-pressed', 'true')
  await expect(fileRow(page, name)).toBeFocused()
})

test('a service without a search says what is looked at, and costs it nothing', async ({
  page,
  barkeep,
  connect,
}) => {
  await withoutAdditions(page)
  await barkeep.upload({ folder: '/Seen/', name: 'here.txt' })
  await barkeep.upload({ folder: '/Other/', name: 'here too.txt' })
  await connect({ folder: '/Seen/' })
  await expect(fileRow(page, 'here.txt')).toBeVisible()
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.getByRole('button', { name: 'Command palette' }).click()
  await field(page).fill('here')
  await expect(option(page, /here/)).toHaveCount(1)
  await expect(palette(page).getByText('This service has no search')).toBeVisible()
  expect(asked.filter((url) => url.includes('/api/'))).toEqual([])
  await option(page, 'here.txt').click()
  await expect(fileRow(page, 'here.txt')).toBeFocused()
  expect(new URL(page.url()).search).toBe('?open=here.txt')
})
