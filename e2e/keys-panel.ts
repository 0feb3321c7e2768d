import { expect, type Locator, type Page } from '@playwright/test'
import type { Barkeep } from './start-barkeep.ts'

/** Opens the panel and signs in as the account that `barkeep` is. */
export async function signIn(page: Page, barkeep: Barkeep): Promise<void> {
  await page.goto(`${barkeep.origin}/api-keys`)
  await page.getByRole('textbox', { name: 'Name' }).fill(barkeep.username)
  await page.getByLabel('Password', { exact: true }).fill(barkeep.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText(`Signed in as ${barkeep.username}`)).toBeVisible()
}

export function createButton(page: Page): Locator {
  return page.getByRole('button', { name: 'Create key' })
}

export function createDialog(page: Page): Locator {
  return page.getByRole('dialog', { name: 'Create key' })
}

export async function createKey(page: Page, name: string): Promise<string> {
  await createButton(page).click()
  await createDialog(page).getByRole('textbox', { name: 'Name' }).fill(name)
  await createDialog(page).getByRole('button', { name: 'Create key' }).click()
  await expect(createDialog(page)).toBeHidden()
  return page.getByRole('textbox', { name: 'New key' }).inputValue()
}

export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  const isThere = () => wanted.evaluate((element) => element === document.activeElement)
  for (let presses = 0; presses < 20; presses += 1) {
    if (await isThere()) return
    await page.keyboard.press('Tab')
  }
  throw new Error('20 presses of Tab did not lead there.')
}
