import { expect, test } from 'vitest'
import { errorReply } from '#contract/api-error.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { addTestUser, openTestBrowser } from '#server/testing/test-browser.ts'
import { holdDatabase, openBeside, spoilDatabase } from '#server/testing/test-store.ts'

async function expectUnavailable(reply: Response): Promise<void> {
  expect(reply.status).toBe(503)
  expect(errorReply.parse(await reply.json()).code).toBe('unavailable')
  expect(reply.headers.getSetCookie()).toEqual([])
}

test('a sign-in that the database cannot note is told unavailable, and works later', async () => {
  await using server = await startTestServer()
  const password = await addTestUser(server, 'alice')
  {
    using _lock = holdDatabase(server)
    await expectUnavailable(await openTestBrowser(server).signIn('alice', password))
  }
  expect((await openTestBrowser(server).signIn('alice', password)).status).toBe(200)
})

test('a sign-out that did not end the session says so, and can be tried again', async () => {
  await using server = await startTestServer()
  const browser = openTestBrowser(server)
  await browser.signIn('alice', await addTestUser(server, 'alice'))
  const { cookie } = browser
  {
    using _lock = holdDatabase(server)
    await expectUnavailable(await browser.post('/api/auth/sign-out'))
  }
  expect((await browser.get('/api/keys')).status).toBe(200)
  expect((await browser.post('/api/auth/sign-out')).status).toBe(200)
  expect((await openTestBrowser(server, cookie).get('/api/keys')).status).toBe(401)
})

test('a database that cannot be read is told unavailable to keys and sessions, and read again later', async () => {
  await using server = await startTestServer()
  const password = await addTestUser(server, 'alice')
  const browser = openTestBrowser(server)
  await browser.signIn('alice', password)
  {
    using _spoilt = spoilDatabase(server)
    await expectUnavailable(await server.get('/api/v1/files'))
    await expectUnavailable(await browser.get('/api/keys'))
    await expectUnavailable(await browser.get('/api/auth/get-session'))
    await expectUnavailable(await openTestBrowser(server).signIn('alice', password))
  }
  // Within a second: fresh connections are not tried more often.
  const statusOf = async () => (await server.get('/api/v1/files')).status
  await expect.poll(statusOf, { timeout: 30_000 }).toBe(200)
  expect((await browser.get('/api/keys')).status).toBe(200)
})

test('a session that outlived the ban of its account opens nothing', async () => {
  await using server = await startTestServer()
  const browser = openTestBrowser(server)
  await browser.signIn('alice', await addTestUser(server, 'alice'))
  // As one that was made in the moment of the ban.
  await using database = await openBeside(server)
  await database.updateTable('user').set({ banned: 1 }).where('username', '=', 'alice').execute()
  const reply = await browser.get('/api/keys')
  expect(reply.status).toBe(403)
  expect(errorReply.parse(await reply.json()).code).toBe('account_unavailable')
})
