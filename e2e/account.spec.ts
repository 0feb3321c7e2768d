import { expect, test } from './fixtures.ts'

test('the account button shows the plan and the facts of the key, and switches the theme', async ({
  page,
  barkeep,
  connect,
}) => {
  const key = await barkeep.createKey({ scopes: 'read,upload', expires: '2999-01-01' })
  await connect({ key })
  await page.getByRole('button', { name: barkeep.username, exact: true }).click()
  const account = page.getByRole('dialog', { name: 'Account' })
  await expect(account).toContainText(barkeep.username)
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
