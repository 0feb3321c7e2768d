import type { Page } from '@playwright/test'
import { fileRow, importDialog } from './find-rows.ts'
import { findViolations } from './find-violations.ts'
import { expect, test } from './fixtures.ts'
import { folderUrl } from './folder-url.ts'

const sizes = [
  { width: 1440, height: 900 },
  { width: 820, height: 1180 },
  { width: 390, height: 844 },
]

for (const viewport of sizes) {
  test(`axe finds nothing serious at ${viewport.width} by ${viewport.height}`, async ({
    page,
    barkeep,
    connect,
    watch,
  }) => {
    await page.setViewportSize(viewport)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    watch.allowOrigin(barkeep.origin)
    await page.goto(barkeep.origin)
    await expect(page.getByRole('button', { name: 'Connect' })).toBeVisible()
    expect(await findViolations(page)).toEqual([])

    await connect()
    await expect(page.getByText(/drop/i).first()).toBeVisible()
    expect(await findViolations(page)).toEqual([])

    for (const name of ['a.txt', 'movie.mp4', 'photo.jpg']) {
      await barkeep.upload({ folder: '/Films/2026/', name })
    }
    await barkeep.upload({ folder: '/Films/', name: 'b.txt' })
    await page.goto(folderUrl(barkeep, '/Films/'))
    await expect(fileRow(page, 'b.txt')).toBeVisible()
    expect(await findViolations(page)).toEqual([])

    await page.getByRole('button', { name: /^Import( links)?$/ }).click()
    await expect(importDialog(page)).toBeVisible()
    expect(await findViolations(page)).toEqual([])
    await page.keyboard.press('Escape')
  })
}

test('the main way is walked by keyboard alone', async ({ page, barkeep, watch }) => {
  watch.allowOrigin(barkeep.origin)
  await barkeep.upload({ folder: '/Films/', name: 'a.txt' })
  await page.goto(barkeep.origin)
  const field = page.getByLabel('API key', { exact: true })
  await tabTo(page, () => field.evaluate((element) => element === document.activeElement))
  await page.keyboard.type(barkeep.key)
  await page.keyboard.press('Enter')
  await expect(fileRow(page, 'Films')).toBeVisible()

  const row = fileRow(page, 'Films')
  await tabTo(page, () => row.evaluate((element) => element === document.activeElement))
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(folderUrl(barkeep, '/Films/'))
  await expect(fileRow(page, 'a.txt')).toBeVisible()

  const importLinks = page.getByRole('button', { name: 'Import links' })
  await tabTo(page, () => importLinks.evaluate((element) => element === document.activeElement))
  await page.keyboard.press('Enter')
  await expect(importDialog(page).getByRole('textbox', { name: 'Links' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(importLinks).toBeFocused()
})

async function tabTo(page: Page, isThere: () => Promise<boolean>): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await isThere()) return
    await page.keyboard.press('Tab')
  }
  throw new Error('60 presses of Tab did not lead there.')
}

test('nothing scrolls sideways at 320 pixels', async ({ page, barkeep, connect, watch }) => {
  watch.expectTrouble(/401/)
  await page.setViewportSize({ width: 320, height: 640 })
  const longName = `${'a-very-long-name-'.repeat(10)}.txt`
  await barkeep.upload({ folder: `/${'deep-folder-name/'.repeat(6)}`, name: longName })
  watch.allowOrigin(barkeep.origin)
  const overflow = () =>
    page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement
      return scrollWidth - clientWidth
    })
  await page.goto(barkeep.origin)
  await expect(page.getByRole('button', { name: 'Connect' })).toBeVisible()
  expect(await overflow()).toBe(0)
  await connect({ folder: `/${'deep-folder-name/'.repeat(6)}` })
  await expect(fileRow(page, longName)).toBeVisible()
  expect(await overflow()).toBe(0)
  const filter = await page.getByRole('searchbox', { name: 'Filter files' }).boundingBox()
  expect(filter?.width).toBeGreaterThan(100)
  await page.getByRole('button', { name: 'Import links' }).click()
  await expect(importDialog(page)).toBeVisible()
  expect(await overflow()).toBe(0)
})
