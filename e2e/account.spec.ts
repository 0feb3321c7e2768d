import { expect, test } from './fixtures.ts'

test('the account button shows the plan and the facts of the key, and switches the theme', async ({
  page,
  barkeep,
  connect,
}) => {
  const key = await barkeep.createKey({ scopes: 'read,upload', expires: '2999-01-01' })
  await connect({ key })
  await page.getByRole('button', { name: /^owner/ }).click()
  const account = page.getByRole('dialog', { name: 'Account' })
  await expect(account).toContainText('owner')
  await expect(account).toContainText('pro')
  await expect(account).toContainText('test key')
  await expect(account).toContainText(`${key.slice(0, 15)}…${key.slice(-4)}`)
  await expect(account).not.toContainText(key)
  await expect(account).toContainText('2999')
  await expect(account).toContainText('2 GiB')

  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await account.getByRole('radio', { name: 'Light' }).click()
  const light = await background()
  await account.getByRole('radio', { name: 'Dark' }).click()
  expect(await background()).not.toBe(light)
  await page.reload()
  await expect(page.getByRole('meter', { name: 'Requests left' })).toBeVisible()
  expect(await background()).not.toBe(light)
})

test('keys are made, used here, and revoked in the panel of the own server', async ({
  page,
  barkeep,
  connect,
  watch,
}) => {
  watch.expectTrouble(/401/)
  await barkeep.upload({ name: 'a.txt' })
  await connect()
  await page.getByRole('button', { name: /^owner/ }).click()
  await page.getByRole('link', { name: 'API keys' }).click()
  await expect(page.getByRole('heading', { name: 'API keys' })).toBeVisible()
  await page.getByRole('textbox', { name: /name/i }).fill('owner')
  await page.getByLabel('Password', { exact: true }).fill(barkeep.password)
  await page.getByRole('button', { name: 'Sign in' }).click()

  await page.getByRole('button', { name: 'Create key' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('textbox', { name: 'Name' }).fill('backup script')
  await form.getByRole('checkbox', { name: /import/i }).uncheck()
  await form.getByRole('button', { name: /create/i }).click()
  const secret = await page.getByRole('textbox', { name: 'New key' }).inputValue()
  expect(secret).toMatch(/^csb_live_\w{28,}$/)
  await page.getByRole('button', { name: 'Use this key here' }).click()
  await expect(page.getByRole('row', { name: 'a.txt' })).toBeVisible()
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).toContain(secret)

  await page.getByRole('button', { name: /^owner/ }).click()
  await page.getByRole('link', { name: 'API keys' }).click()
  await page.getByRole('button', { name: 'Revoke backup script' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke key' }).click()
  // While it is open, everything behind it is hidden from roles.
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.getByRole('button', { name: 'Revoke backup script' })).toBeHidden()
  const answer = await fetch(`${barkeep.origin}/api/v1/me`, {
    headers: { authorization: `Bearer ${secret}` },
  })
  expect(answer.status).toBe(401)
})

test('a wrong password is told and opens nothing', async ({ page, barkeep, watch }) => {
  watch.expectTrouble(/401/)
  watch.allowOrigin(barkeep.origin)
  await page.goto(barkeep.origin)
  await page.getByRole('link', { name: 'Sign in to make a key' }).click()
  await page.getByRole('textbox', { name: /name/i }).fill('owner')
  await page.getByLabel('Password', { exact: true }).fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Create key' })).toBeHidden()
})
