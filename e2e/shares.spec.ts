import type { BrowserContext, Page } from '@playwright/test'
import { fileRow } from './find-rows.ts'
import { findViolations } from './find-violations.ts'
import { expect, test } from './fixtures.ts'

/** Makes a link by the menu of a folder; gives its address. */
async function makeLink(page: Page, folder: string, action: string, password?: string) {
  await fileRow(page, folder).click({ button: 'right' })
  await page.getByRole('menuitem', { name: action }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('Title')).toBeFocused()
  if (password) await dialog.getByLabel('Password (optional)').fill(password)
  expect(await findViolations(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Create link' }).click()
  const field = dialog.getByRole('textbox', { name: 'Link' })
  await expect(field).toBeFocused()
  const link = await field.inputValue()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(fileRow(page, folder)).toBeVisible()
  return link
}

/** A tab of the same browser, so that what it keeps lies beside what the owner's tab keeps. */
async function visit(context: BrowserContext, link: string): Promise<Page> {
  const guest = await context.newPage()
  await guest.goto(link)
  return guest
}

test('a folder is shared with a password: a guest looks at it, and is out once it is revoked', async ({
  page,
  context,
  barkeep,
  connect,
  watch,
}) => {
  await barkeep.upload({ name: 'deep.txt', folder: '/Films/2026/' })
  await barkeep.upload({ name: 'seen.txt', folder: '/Films/' })
  await barkeep.upload({ name: 'beside.txt' })
  await connect()
  const link = await makeLink(page, 'Films', 'Share…', 'open sesame')

  watch.expectTrouble(/401.*\/api\/(v1\/shares\/open|v1\/files|keys|auth)/)
  const guest = await visit(context, link)
  await guest.getByRole('textbox', { name: 'Password' }).fill('something else')
  await guest.getByRole('button', { name: 'Open' }).click()
  await expect(guest.getByRole('textbox', { name: 'Password' })).toHaveAccessibleDescription(
    /not the password/,
  )
  expect(await findViolations(guest)).toEqual([])
  await guest.getByRole('textbox', { name: 'Password' }).fill('open sesame')
  await guest.getByRole('button', { name: 'Open' }).click()
  await expect(fileRow(guest, 'seen.txt')).toBeVisible()
  await expect(guest.getByText('Shared by')).toBeVisible()
  await expect(
    guest.getByRole('button', { name: /^(Upload|Import links|New folder|Rename|Share)\b/ }),
  ).toHaveCount(0)
  expect(await findViolations(guest)).toEqual([])

  await guest.getByRole('button', { name: 'Download all' }).click()
  await expect(guest.getByRole('dialog')).toContainText('2 files')
  await guest.keyboard.press('Escape')
  await fileRow(guest, '2026').dblclick()
  await expect(fileRow(guest, 'deep.txt')).toBeVisible()
  // The address has all that a reload needs, and the tab the password.
  await guest.reload()
  await expect(fileRow(guest, 'deep.txt')).toBeVisible()
  expect(new URL(guest.url()).hash).toBe(new URL(link).hash)
  const path = guest.getByRole('navigation', { name: 'Folder path' })
  await path.getByRole('link', { name: 'Films' }).click()
  await expect(fileRow(guest, 'seen.txt')).toBeVisible()

  // The owner's tab has its own session all the while.
  await page.goto(`${barkeep.origin}/api-keys`)
  const links = page.getByRole('region', { name: 'Shared links' })
  await links.getByRole('button', { name: 'Revoke Films' }).click()
  await page.getByRole('button', { name: 'Revoke link' }).click()
  await expect(links.getByText('No links yet')).toBeVisible()
  await guest.getByRole('button', { name: 'Refresh' }).click()
  await expect(guest.getByRole('alert')).toContainText('This link does not work')
})

test('files are asked for: a guest sends some, up to what the link takes', async ({
  page,
  context,
  barkeep,
  connect,
}) => {
  await barkeep.upload({ name: 'own.txt', folder: '/Inbox/' })
  await connect()
  const link = await makeLink(page, 'Inbox', 'Ask for files…')
  const guest = await visit(context, link)
  await expect(guest.getByText('Drop files or folders here')).toBeVisible()
  await expect(guest.getByText('10 GB of 10 GB left')).toBeVisible()
  await expect(guest.getByText('own.txt')).toHaveCount(0)
  expect(await findViolations(guest)).toEqual([])

  const choosing = guest.waitForEvent('filechooser')
  await guest.getByRole('button', { name: 'Choose files' }).click()
  await (await choosing).setFiles([
    { name: 'own.txt', mimeType: 'text/plain', buffer: Buffer.from('another') },
    { name: 'new.txt', mimeType: 'text/plain', buffer: Buffer.from('new') },
  ])
  const sent = guest.getByRole('region', { name: 'What you sent' })
  await expect(sent.getByText('Done', { exact: true })).toHaveCount(2)
  expect(await findViolations(guest)).toEqual([])
  const { files } = await barkeep.list('/Inbox/')
  expect(files.map(({ name }) => name)).toEqual(['new.txt', 'own (2).txt', 'own.txt'])

  // The owner, who opens it in the tab that has the key, is still connected afterwards.
  await page.goto(link)
  await expect(page.getByText('Drop files or folders here')).toBeVisible()
  await page.goto(barkeep.origin)
  await expect(fileRow(page, 'Inbox')).toBeVisible()
})
