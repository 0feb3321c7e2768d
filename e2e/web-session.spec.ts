import { fileRow, transferRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'
import { createButton, createDialog, createKey, signIn } from './keys-panel.ts'

test('a wrong password is told, the right one opens the keys, and a name may begin with a capital', async ({
  page,
  barkeep,
  watch,
}) => {
  watch.expectTrouble(/401/)
  watch.allowOrigin(barkeep.origin)
  await page.goto(`${barkeep.origin}/api-keys`)
  const name = page.getByRole('textbox', { name: 'Name' })
  const password = page.getByLabel('Password', { exact: true })
  await expect(name).toBeFocused()
  await name.fill(` ${barkeep.username.replace('o', 'O')} `)
  await password.fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toContainText('Name and password do not match')
  await expect(password).toBeFocused()
  await expect(createButton(page)).toBeHidden()

  await password.fill(barkeep.password)
  await page.keyboard.press('Enter')
  await expect(page.getByText(`Signed in as ${barkeep.username}`)).toBeVisible()
  await expect(page.getByText('1 of 10 keys')).toBeVisible()
  const cookies = await page.context().cookies()
  expect(cookies.length).toBeGreaterThan(0)
  for (const { httpOnly, sameSite } of cookies) {
    expect({ httpOnly, sameSite }).toEqual({ httpOnly: true, sameSite: 'Strict' })
  }
})

test('after too many tries the time to wait is told, and counted down', async ({
  page,
  barkeep,
  watch,
}) => {
  watch.expectTrouble(/401|429/)
  watch.allowOrigin(barkeep.origin)
  await page.clock.install()
  await page.goto(`${barkeep.origin}/api-keys`)
  await page.getByRole('textbox', { name: 'Name' }).fill(barkeep.username)
  await page.getByLabel('Password', { exact: true }).fill('not the password')
  const alert = page.getByRole('alert')
  await expect(async () => {
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(alert).toContainText('Too many tries', { timeout: 500 })
  }).toPass()
  const told = /Wait (\d+) s, then try again/
  await expect(alert).toContainText(told)
  // From here on the page's clock goes only as it is told, however long a busy machine takes.
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 1_000)
  // What is read out stays the same; what is seen counts down.
  const seen = alert.locator('[aria-hidden]', { hasText: told })
  const seconds = Number(told.exec((await seen.textContent()) ?? '')?.[1])
  await page.clock.fastForward(2_000)
  await expect(seen).toHaveText(`Wait ${seconds - 2} s, then try again.`)
  await page.clock.fastForward(60_000)
  await expect(alert).toContainText('You can try again now.')
})

test('a web session that ended elsewhere asks to sign in again, says so, and keeps what was typed', async ({
  page,
  context,
  barkeep,
  watch,
}) => {
  watch.expectTrouble(/401.*\/api\/keys/)
  watch.allowOrigin(barkeep.origin)
  await signIn(page, barkeep)
  await createButton(page).click()
  await createDialog(page).getByRole('textbox', { name: 'Name' }).fill('typed before')
  await context.clearCookies()
  await createDialog(page).getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByText('You were signed out')).toBeVisible()
  await expect(createDialog(page)).toBeHidden()
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue(barkeep.username)
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused()
  await page.keyboard.type(barkeep.password)
  await page.keyboard.press('Enter')
  await expect(createDialog(page).getByRole('textbox', { name: 'Name' })).toHaveValue(
    'typed before',
  )
  await createDialog(page).getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByRole('heading', { name: 'typed before is ready' })).toBeVisible()
})

test('signing out ends the web session and leaves no key on the screen', async ({
  page,
  context,
  barkeep,
  watch,
}) => {
  watch.allowOrigin(barkeep.origin)
  await signIn(page, barkeep)
  const secret = await createKey(page, 'left open')
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  const listed = () => fetch(`${barkeep.origin}/api/keys`, { headers: { cookie } })
  expect((await listed()).status).toBe(200)
  await page.getByRole('button', { name: 'Sign out here' }).click()
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused()
  await expect(page.getByText('You were signed out')).toBeHidden()
  expect(await page.content()).not.toContain(secret)
  await expect(page.getByRole('textbox', { name: 'New key' })).toBeHidden()
  expect((await listed()).status).toBe(401)
  await page.reload()
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
})

test('in front of a hosted service the page asks for no account, and says where keys are made', async ({
  page,
  barkeep,
  startBarkeep,
  watch,
}) => {
  const gateway = await startBarkeep({ BARKEEP_UPSTREAM: barkeep.origin })
  watch.allowOrigin(gateway.origin)
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.goto(`${gateway.origin}/api-keys`)
  await expect(page.getByRole('alert')).toContainText('Keys are made at the hosted service')
  expect(asked.filter((path) => /^\/api\/(auth|keys)/.test(path))).toEqual([])
  await page.getByRole('link', { name: 'Back to Connect' }).click()
  await expect(page.getByRole('button', { name: 'Connect' })).toBeVisible()
})

test.describe('on plain http in a home network, where the page is no secure context,', () => {
  test.use({ settings: { HOST: '0.0.0.0' } })

  test('a key is made, copied without the clipboard, and used to upload and to copy a link', async ({
    page,
    barkeep,
    watch,
  }) => {
    // The browser's own remark about a header that means nothing without a secure context.
    watch.expectTrouble(/Cross-Origin-Opener-Policy|Origin-Agent-Cluster/)
    watch.allowOrigin(barkeep.origin)
    await signIn(page, barkeep)
    const missing = await page.evaluate(() => [
      window.isSecureContext,
      'clipboard' in navigator,
      'randomUUID' in crypto,
    ])
    expect(missing).toEqual([false, false, false])
    const secret = await createKey(page, 'tablet')
    await page.getByRole('button', { name: 'Copy key' }).click()
    await expect(page.getByText('Copied.')).toBeVisible()
    await page.getByRole('button', { name: 'Use this key here' }).click()
    await expect(page.getByText('Nothing here yet')).toBeVisible()

    const choosing = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Upload', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Upload files' }).click()
    const file = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('kept') }
    await (await choosing).setFiles([file])
    await expect(transferRow(page, 'notes.txt')).toContainText('Done')
    const filter = page.getByRole('searchbox', { name: 'Filter files' })
    await filter.click()
    await page.keyboard.press('Control+V')
    await expect(filter).toHaveValue(secret)
    await filter.fill('')

    await fileRow(page, 'notes.txt').getByRole('button', { name: 'Copy link' }).click()
    await expect(page.getByText('Link copied')).toBeVisible()
    await filter.click()
    await page.keyboard.press('Control+V')
    await expect(filter).toHaveValue((await barkeep.list('/')).files[0]?.link ?? '')
  })

  test('where even that is refused, the key is marked to be copied by hand', async ({
    page,
    barkeep,
    watch,
  }) => {
    watch.expectTrouble(/Cross-Origin-Opener-Policy|Origin-Agent-Cluster/)
    watch.allowOrigin(barkeep.origin)
    await signIn(page, barkeep)
    const secret = await createKey(page, 'tablet')
    await page.evaluate(() => {
      document.execCommand = () => false
    })
    await page.getByRole('button', { name: 'Copy key' }).click()
    await expect(page.getByText('copy the marked text yourself')).toBeVisible()
    await expect(page.getByRole('textbox', { name: 'New key' })).toBeFocused()
    const marked = await page.evaluate(() => {
      const field = document.activeElement as HTMLTextAreaElement
      return field.value.slice(field.selectionStart, field.selectionEnd)
    })
    expect(marked).toBe(secret)
  })
})
