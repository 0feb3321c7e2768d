import { fileRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'
import { createButton, createDialog, createKey, signIn, tabTo } from './keys-panel.ts'
import type { Barkeep } from './start-barkeep.ts'

async function statusOf(barkeep: Barkeep, secret: string): Promise<number> {
  const headers = { authorization: `Bearer ${secret}` }
  return (await fetch(`${barkeep.origin}/api/v1/me`, { headers })).status
}

test('a key gets the name, the scopes and the last day that were chosen', async ({
  page,
  barkeep,
  watch,
}) => {
  watch.allowOrigin(barkeep.origin)
  await signIn(page, barkeep)
  await createButton(page).click()
  const form = createDialog(page)
  const name = form.getByRole('textbox', { name: 'Name' })
  await expect(name).toBeFocused()
  await form.getByRole('button', { name: 'Create key' }).click()
  await expect(name).toHaveAccessibleDescription(/A key needs a name/)
  await name.fill('backup script')
  await expect(form.getByText('A key needs a name.')).toBeHidden()
  for (const scope of ['upload', 'import', 'read']) {
    await form.getByRole('checkbox', { name: scope }).uncheck()
  }
  await form.getByRole('button', { name: 'Create key' }).click()
  await expect(form.getByRole('alert')).toHaveText('A key needs at least one scope.')
  await form.getByRole('checkbox', { name: 'upload' }).check()
  await form.getByRole('radio', { name: 'On a date' }).click()
  const lastDay = form.getByLabel('Last day')
  await lastDay.fill('2020-01-31')
  await form.getByRole('button', { name: 'Create key' }).click()
  await expect(lastDay).toHaveAccessibleDescription('Choose today or a later day.')
  await expect(lastDay).toBeFocused()
  await lastDay.fill('2999-01-31')
  await form.getByRole('button', { name: 'Create key' }).click()

  await expect(page.getByRole('heading', { name: 'backup script is ready' })).toBeFocused()
  const secret = await page.getByRole('textbox', { name: 'New key' }).inputValue()
  const headers = { authorization: `Bearer ${secret}` }
  const me = await (await fetch(`${barkeep.origin}/api/v1/me`, { headers })).json()
  expect(me.key).toMatchObject({ name: 'backup script', scopes: ['upload'] })
  expect(me.key.expires_at).toMatch(/^2999-01-31/)
})

test('a made key is shown once, copied whole, and used here', async ({
  page,
  context,
  barkeep,
  watch,
}) => {
  watch.allowOrigin(barkeep.origin)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await barkeep.upload({ name: 'a.txt' })
  await signIn(page, barkeep)
  const first = await createKey(page, 'first')
  expect(first).toMatch(/^csb_live_[0-9A-Za-z]{28,}$/)
  await page.getByRole('button', { name: 'Copy key' }).click()
  await expect(page.getByText('Copied.')).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(first)
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(createButton(page)).toBeFocused()
  expect(await page.content()).not.toContain(first)
  await page.reload()
  await expect(page.getByRole('row', { name: /first/ })).toBeVisible()
  expect(await page.content()).not.toContain(first)

  const second = await createKey(page, 'second')
  await page.getByRole('button', { name: 'Use this key here' }).click()
  await expect(fileRow(page, 'a.txt')).toBeVisible()
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).toContain(second)
  await page.getByRole('button', { name: /^owner/ }).click()
  await expect(page.getByRole('dialog', { name: 'Account' })).toContainText('second')
})

test('the list tells of each key its parts, scopes and times, and which one this tab uses', async ({
  page,
  barkeep,
  connect,
}) => {
  const secret = await barkeep.createKey({ scopes: 'read,import', expires: '2999-06-30' })
  await connect({ key: secret })
  await signIn(page, barkeep)
  const table = page.getByRole('table')
  await expect(table.getByRole('columnheader')).toHaveText([
    ...['Key', 'Scopes', 'Created', 'Expires', 'Last used', 'State', 'Actions'],
  ])
  const row = table.getByRole('row', { name: /test key/ })
  await expect(row).toContainText(`${secret.slice(0, 15)}…${secret.slice(-4)}`)
  await expect(row).toContainText('in this tab')
  await expect(row).not.toContainText(secret)
  const cells = row.getByRole('cell')
  await expect(cells.nth(0)).toHaveText(/^(import|read){2}$/)
  await expect(cells.nth(1).locator('time')).toHaveAttribute('datetime', /^20\d\d-/)
  await expect(cells.nth(2).locator('time')).toHaveAttribute('datetime', /^2999-06-30/)
  await expect(cells.nth(3).locator('time')).toHaveAttribute('datetime', /^20\d\d-/)
  await expect(cells.nth(4)).toHaveText('Active')
})

test('a key is revoked after a question, at once, and the focus goes on beside it', async ({
  page,
  barkeep,
  watch,
}) => {
  watch.allowOrigin(barkeep.origin)
  await signIn(page, barkeep)
  const secret = await createKey(page, 'laptop')
  await page.getByRole('button', { name: 'Done' }).click()
  const revoke = page.getByRole('button', { name: 'Revoke laptop' })
  const question = page.getByRole('dialog', { name: 'Revoke “laptop”?' })
  await revoke.click()
  await question.getByRole('button', { name: 'Keep it' }).click()
  await expect(question).toBeHidden()
  await expect(revoke).toBeFocused()
  expect(await statusOf(barkeep, secret)).toBe(200)

  await revoke.click()
  await page.keyboard.press('Escape')
  await expect(question).toBeHidden()
  await expect(revoke).toBeFocused()
  await revoke.click()
  await question.getByRole('button', { name: 'Revoke key' }).click()
  // What lies behind the question has no role while it is open, so a hidden button proves nothing.
  await expect(page.getByText('laptop is revoked')).toBeVisible()
  await expect(question).toBeHidden()
  await expect(revoke).toBeHidden()
  expect(await statusOf(barkeep, secret)).toBe(401)

  const last = page.getByRole('button', { name: /^Revoke / })
  await expect(last).toBeFocused()
  await last.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke key' }).click()
  await expect(page.getByText('No keys yet')).toBeVisible()
  await expect(createButton(page)).toBeFocused()
})

test('the key in use is revoked, and nothing that it opened stays in this tab', async ({
  page,
  barkeep,
  connect,
}) => {
  await barkeep.upload({ name: 'private.txt' })
  await connect()
  await expect(fileRow(page, 'private.txt')).toBeVisible()
  await signIn(page, barkeep)
  await page.getByRole('button', { name: 'Revoke First key' }).click()
  const question = page.getByRole('dialog')
  await expect(question).toContainText('This tab uses it too')
  await question.getByRole('button', { name: 'Revoke key' }).click()
  await expect(question).toBeHidden()
  expect(
    await page.evaluate((key) => JSON.stringify(sessionStorage).includes(key), barkeep.key),
  ).toBe(false)
  await page.getByRole('link', { name: 'Back to Connect' }).click()
  await expect(page.getByRole('heading', { name: 'Connect' })).toBeVisible()
  await expect(page.getByText('Your key was revoked')).toBeVisible()
  await expect(page.getByText('private.txt')).toBeHidden()
})

test('the eleventh key is not possible, and says why; nor is one that another program was faster with', async ({
  page,
  barkeep,
  watch,
}) => {
  watch.expectTrouble(/status of 4\d\d.*\/api\/keys/)
  watch.allowOrigin(barkeep.origin)
  for (let made = 2; made <= 9; made += 1) await barkeep.createKey({})
  await signIn(page, barkeep)
  await expect(page.getByText('9 of 10 keys. One more can be made.')).toBeVisible()
  await barkeep.createKey({})
  await createButton(page).click()
  const form = createDialog(page)
  await form.getByRole('textbox', { name: 'Name' }).fill('one too many')
  await form.getByRole('button', { name: 'Create key' }).click()
  await expect(form.getByRole('alert')).toContainText(/ten|10/)
  await form.getByRole('button', { name: 'Cancel' }).click()

  await expect(page.getByText('10 of 10 keys. Revoke one to make another.')).toBeVisible()
  await expect(createButton(page)).toHaveAttribute('aria-disabled', 'true')
  await expect(createButton(page)).toHaveAccessibleDescription(/ten at most/)
  await createButton(page).click({ force: true })
  await expect(form).toBeHidden()
  await page
    .getByRole('button', { name: /^Revoke / })
    .first()
    .click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke key' }).click()
  await expect(createButton(page)).not.toHaveAttribute('aria-disabled')
})

const oddNames = ['x'.repeat(100), 'two words', '<b>bold</b>', 'مفتاح النسخ', '“quoted” 🔑']

test('long and odd names are shown as they are, and nothing scrolls sideways at 390 pixels', async ({
  page,
  barkeep,
  watch,
}) => {
  watch.allowOrigin(barkeep.origin)
  await page.setViewportSize({ width: 390, height: 844 })
  const overflow = () =>
    page.evaluate(() => {
      const all = [document.documentElement, ...document.querySelectorAll('main, [role=dialog]')]
      return Math.max(...all.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth))
    })
  await signIn(page, barkeep)
  for (const name of oddNames) {
    await createKey(page, name)
    await expect(page.getByRole('listitem', { name, exact: true })).toBeVisible()
    expect(await overflow()).toBe(0)
    await page.getByRole('button', { name: 'Done' }).click()
  }
  await createButton(page).click()
  const field = createDialog(page).getByRole('textbox', { name: 'Name' })
  await field.fill('y'.repeat(120))
  await expect(field).toHaveValue('y'.repeat(100))
  expect(await overflow()).toBe(0)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: `Revoke ${oddNames[0]}` }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  expect(await overflow()).toBe(0)
})

test('keys are made and revoked by keyboard alone', async ({ page, barkeep, watch }) => {
  watch.allowOrigin(barkeep.origin)
  await page.goto(`${barkeep.origin}/api-keys`)
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused()
  await page.keyboard.type(barkeep.username)
  await page.keyboard.press('Tab')
  await page.keyboard.type(barkeep.password)
  await page.keyboard.press('Enter')
  await expect(createButton(page)).toBeVisible()
  await tabTo(page, createButton(page))
  await page.keyboard.press('Enter')
  await expect(createDialog(page).getByRole('textbox', { name: 'Name' })).toBeFocused()
  await page.keyboard.type('by hand')
  await tabTo(page, createDialog(page).getByRole('checkbox', { name: 'import' }))
  await page.keyboard.press('Space')
  await tabTo(page, createDialog(page).getByRole('radio', { name: 'Never' }))
  // As long as a finger holds it: the group moves its choice only while the key is down.
  await page.keyboard.press('ArrowRight', { delay: 100 })
  await expect(createDialog(page).getByRole('radio', { name: '30 days' })).toBeChecked()
  await tabTo(page, createDialog(page).getByRole('button', { name: 'Create key' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'by hand is ready' })).toBeFocused()
  await tabTo(page, page.getByRole('button', { name: 'Done' }))
  await page.keyboard.press('Enter')
  await expect(createButton(page)).toBeFocused()
  await tabTo(page, page.getByRole('button', { name: 'Revoke by hand' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toBeVisible()
  await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Revoke key' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Revoke by hand' })).toBeHidden()
  await expect(page.getByRole('button', { name: /^Revoke / })).toBeFocused()
})
