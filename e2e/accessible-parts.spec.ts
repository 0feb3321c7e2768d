import { fileRow, transferRow } from './find-rows.ts'
import { findViolations } from './find-violations.ts'
import { expect, test } from './fixtures.ts'
import { folderUrl } from './folder-url.ts'
import { createButton, createDialog, createKey, signIn } from './keys-panel.ts'

const accountPopover = '[role=dialog][aria-label=Account]'

for (const viewport of [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
]) {
  const where = `at ${viewport.width} pixels`

  test(`axe finds nothing serious in the keys panel ${where}`, async ({ page, barkeep, watch }) => {
    await page.setViewportSize(viewport)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    watch.allowOrigin(barkeep.origin)
    await page.goto(`${barkeep.origin}/api-keys`)
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
    expect(await findViolations(page)).toEqual([])
    await signIn(page, barkeep)
    expect(await findViolations(page)).toEqual([])
    await createButton(page).click()
    await createDialog(page).getByRole('button', { name: 'Create key' }).click()
    await expect(createDialog(page).getByText('A key needs a name.')).toBeVisible()
    expect(await findViolations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await createKey(page, 'laptop')
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Revoke laptop' }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    expect(await findViolations(page)).toEqual([])
  })

  test(`axe finds nothing serious in the menus, the transfers and the account ${where}`, async ({
    page,
    barkeep,
    connect,
    watch,
  }) => {
    watch.expectTrouble(/404/)
    await page.setViewportSize(viewport)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    for (const name of ['a.txt', 'b.txt']) await barkeep.upload({ name })
    await connect()
    await fileRow(page, 'a.txt').getByRole('checkbox').check()
    await fileRow(page, 'b.txt').getByRole('checkbox').check()
    await expect(page.getByRole('button', { name: 'Download 2 files' })).toBeVisible()
    expect(await findViolations(page)).toEqual([])

    const choosing = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Upload', exact: true }).click()
    await expect(page.getByRole('menu')).toBeVisible()
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('menuitem', { name: 'Upload files' }).click()
    const file = { name: 'sent.txt', mimeType: 'text/plain', buffer: Buffer.from('sent') }
    await (await choosing).setFiles([file])
    await expect(transferRow(page, 'sent.txt')).toContainText('Done')
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Hide transfers' }).click()

    if (viewport.width < 768) {
      await page.getByRole('button', { name: 'List options' }).click()
      await expect(page.getByRole('menu')).toBeVisible()
      expect(await findViolations(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Folders and account' }).click()
      await expect(page.getByRole('dialog', { name: 'Folders and account' })).toBeVisible()
      expect(await findViolations(page)).toEqual([])
    }
    await page.getByRole('button', { name: /^owner/ }).click()
    await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible()
    const isOverDrawer = viewport.width < 768
    expect(await findViolations(page, isOverDrawer ? accountPopover : undefined)).toEqual([])
    await page.goto(folderUrl(barkeep, '/Nowhere/'))
    await expect(page.getByText('This folder does not exist')).toBeVisible()
    expect(await findViolations(page)).toEqual([])
  })
}
