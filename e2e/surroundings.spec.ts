import type { Page } from '@playwright/test'
import { fileRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'

test('being offline is shown, what is on the screen stays, and the notice goes with the network', async ({
  page,
  context,
  barkeep,
  connect,
  watch,
}) => {
  watch.expectTrouble(/ERR_INTERNET_DISCONNECTED/)
  await barkeep.upload({ folder: '/Films/', name: 'a.txt' })
  await connect()
  await expect(fileRow(page, 'Films')).toBeVisible()
  const notice = page.getByText('You are offline')
  await expect(notice).toBeHidden()
  await context.setOffline(true)
  await expect(notice).toBeVisible()
  await expect(fileRow(page, 'Films')).toBeVisible()
  await context.setOffline(false)
  await expect(notice).toBeHidden()
  await fileRow(page, 'Films').dblclick()
  await expect(fileRow(page, 'a.txt')).toBeVisible()
})

test('a server that goes away is told as that, until it is back', async ({
  page,
  barkeep,
  connect,
  watch,
}) => {
  watch.expectTrouble(/ERR_(CONNECTION|EMPTY|SOCKET)/)
  await barkeep.upload({ name: 'a.txt' })
  await connect()
  await expect(fileRow(page, 'a.txt')).toBeVisible()
  const notice = page.getByText('The server does not answer. What waits goes on by itself.')
  barkeep.cable.unplug()
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(notice).toBeVisible()
  await expect(page.getByText('Up to date')).toBeHidden()
  await expect(fileRow(page, 'a.txt')).toBeVisible()
  barkeep.cable.mend()
  await expect(notice).toBeHidden({ timeout: 60_000 })
})

/** How light the page is, from 0 to 255. */
function lightness(page: Page): Promise<number> {
  return page.evaluate(() => {
    const parts = getComputedStyle(document.body).backgroundColor.match(/\d+/g) ?? []
    return Math.max(...parts.slice(0, 3).map(Number))
  })
}

async function chooseTheme(page: Page, theme: string): Promise<void> {
  await page.getByRole('button', { name: /^owner/ }).click()
  const account = page.getByRole('dialog', { name: 'Account' })
  await account.getByRole('radio', { name: theme }).click()
  await expect(account.getByRole('radio', { name: theme })).toBeChecked()
  await page.keyboard.press('Escape')
  await expect(account).toBeHidden()
}

test('the theme follows the system, until one is chosen, and again when told to', async ({
  page,
  connect,
}) => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await connect()
  expect(await lightness(page)).toBeLessThan(60)
  await page.emulateMedia({ colorScheme: 'light' })
  expect(await lightness(page)).toBeGreaterThan(200)
  await chooseTheme(page, 'Dark')
  expect(await lightness(page)).toBeLessThan(60)
  await page.reload()
  await expect(page.getByRole('meter', { name: 'Requests left' })).toBeVisible()
  expect(await lightness(page)).toBeLessThan(60)
  await chooseTheme(page, 'System')
  expect(await lightness(page)).toBeGreaterThan(200)
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await lightness(page)).toBeLessThan(60)
})

/** The longest time that anything on the page moves or fades, in seconds. */
function longestMotion(page: Page): Promise<number> {
  return page.evaluate(() => {
    const moving = Array.from(document.querySelectorAll('*'), (element) => {
      const { animationName, animationDuration, transitionDuration } = getComputedStyle(element)
      const animation = animationName === 'none' ? 0 : Number.parseFloat(animationDuration)
      return Math.max(animation, Number.parseFloat(transitionDuration))
    })
    return Math.max(...moving)
  })
}

for (const [reducedMotion, isStill] of [
  ['reduce', true],
  ['no-preference', false],
] as const) {
  test(`with the motion preference "${reducedMotion}" the page ${isStill ? 'stands still' : 'moves'}`, async ({
    page,
    connect,
  }) => {
    await page.emulateMedia({ reducedMotion })
    await page.setViewportSize({ width: 390, height: 844 })
    await connect()
    await page.getByRole('button', { name: 'Folders and account' }).click()
    await expect(page.getByRole('dialog', { name: 'Folders and account' })).toBeVisible()
    if (isStill) expect(await longestMotion(page)).toBeLessThanOrEqual(0.001)
    else expect(await longestMotion(page)).toBeGreaterThan(0.1)
  })
}
