import { fileRow, treeItem } from './find-rows.ts'
import { expect, test } from './fixtures.ts'
import { folderUrl } from './folder-url.ts'

const wrongKey = `csb_live_${'w'.repeat(28)}`

test('a key that the server refuses is told in an alert, and another one can be tried', async ({
  page,
  barkeep,
  watch,
  connect,
}) => {
  watch.expectTrouble(/401/)
  watch.allowOrigin(barkeep.origin)
  await page.goto(barkeep.origin)
  await expect(page.getByRole('heading', { name: 'Connect' })).toBeVisible()
  await expect(page.getByLabel('API key', { exact: true })).toHaveAttribute('type', 'password')
  await page.getByLabel('API key', { exact: true }).fill(wrongKey)
  await page.getByRole('button', { name: 'Connect' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await expect(page.getByRole('alert')).not.toContainText(wrongKey)
  await connect()
})

test('the key is kept in the session storage of this tab and nowhere else', async ({
  page,
  context,
  barkeep,
  connect,
}) => {
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  const urls: string[] = []
  page.on('request', (request) => urls.push(request.url()))
  await connect({ folder: '/' })

  const kept = await page.evaluate(() => ({
    session: JSON.stringify({ ...sessionStorage }),
    local: JSON.stringify({ ...localStorage }),
    cookie: document.cookie,
    html: document.documentElement.outerHTML,
    state: JSON.stringify(history.state),
  }))
  expect(kept.session).toContain(barkeep.key)
  for (const place of [kept.local, kept.cookie, kept.html, kept.state]) {
    expect(place).not.toContain(barkeep.key)
  }
  expect([page.url(), ...urls, ...said].filter((text) => text.includes(barkeep.key))).toEqual([])
  expect(await context.cookies()).toEqual([])
  const databases = await page.evaluate(async () => (await indexedDB.databases()).length)
  expect(databases).toBe(0)
})

test('a reload keeps the session, and another tab has none', async ({
  page,
  context,
  barkeep,
  connect,
}) => {
  await barkeep.upload({ folder: '/Films/', name: 'a.txt' })
  await connect({ folder: '/Films/' })
  await page.reload()
  await expect(page.getByRole('grid', { name: 'Files' })).toBeVisible()
  await expect(page).toHaveURL(folderUrl(barkeep, '/Films/'))
  const other = await context.newPage()
  await other.goto(folderUrl(barkeep, '/Films/'))
  await expect(other.getByRole('heading', { name: 'Connect' })).toBeVisible()
})

test('after a reload the folder and the tree are asked for beside the account, and once', async ({
  page,
  barkeep,
  connect,
}) => {
  await barkeep.upload({ folder: '/Films/', name: 'a.txt' })
  await connect({ folder: '/Films/' })
  await expect(fileRow(page, 'a.txt')).toBeVisible()
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  const others = ['files', 'folders'].map((name) =>
    page.waitForRequest((request) => new URL(request.url()).pathname === `/api/v1/${name}`),
  )
  await page.route('**/api/v1/me', async (route) => {
    await Promise.all(others)
    await route.continue()
  })
  await page.reload()
  await expect(fileRow(page, 'a.txt')).toBeVisible()
  await expect(treeItem(page, 'Films')).toBeVisible()
  expect(asked.filter((path) => path.startsWith('/api/v1/')).sort()).toEqual([
    '/api/v1/files',
    '/api/v1/folders',
    '/api/v1/me',
  ])
})

test('signing out wipes the key and everything that was shown', async ({
  page,
  barkeep,
  connect,
}) => {
  await barkeep.upload({ name: 'secret-plans.txt' })
  await connect()
  await expect(page.getByRole('grid', { name: 'Files' })).toContainText('secret-plans.txt')
  await page.getByRole('button', { name: /^owner/ }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Connect' })).toBeVisible()
  const left = await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))
  expect(left).not.toContain(barkeep.key)
  expect(left).not.toContain('secret-plans')
  await expect(page.getByText('secret-plans.txt')).toBeHidden()
  await page.goBack()
  await expect(page.getByText('secret-plans.txt')).toBeHidden()
})

test('a key that is revoked meanwhile ends the session at the next request', async ({
  page,
  barkeep,
  connect,
  watch,
}) => {
  watch.expectTrouble(/401/)
  await barkeep.upload({ folder: '/Films/', name: 'a.txt' })
  const key = await barkeep.createKey({})
  await connect({ key })
  // All that the page asks for by itself has come: the next request is the folder's.
  await expect(fileRow(page, 'Films')).toBeVisible()
  await expect(treeItem(page, 'Films')).toBeVisible()
  const keys = await barkeep.run('keys', 'list', '--user', barkeep.username)
  const id = /^(\S+) +test key/m.exec(keys)?.[1] ?? ''
  await barkeep.run('keys', 'revoke', id)
  await fileRow(page, 'Films').press('Enter')
  await expect(page.getByRole('heading', { name: 'Connect' })).toBeVisible()
  await expect(page.getByRole('alert')).toBeVisible()
  const session = await page.evaluate(() => JSON.stringify({ ...sessionStorage }))
  expect(session).not.toContain(key)
})
