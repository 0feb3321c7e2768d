import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { errorReply } from '#contract/api-error.ts'
import { startTestServer, type TestServer } from '#server/start-test-server.ts'
import { databaseFile } from '#server/storage/database.ts'
import { addTestUser, openTestBrowser } from './test-browser.ts'

/** Another process that holds the database until it is disposed: nothing can be written. */
function lockDatabase(server: TestServer): Disposable {
  const other = new DatabaseSync(databaseFile(server.dataFolder))
  other.exec('begin immediate')
  return { [Symbol.dispose]: () => other.close() }
}

async function expectUnavailable(reply: Response): Promise<void> {
  expect(reply.status).toBe(503)
  expect(errorReply.parse(await reply.json()).code).toBe('unavailable')
  expect(reply.headers.getSetCookie()).toEqual([])
}

test('a sign-in that the database cannot note is told unavailable, and works later', async () => {
  await using server = await startTestServer()
  const password = await addTestUser(server, 'alice')
  {
    using _lock = lockDatabase(server)
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
    using _lock = lockDatabase(server)
    await expectUnavailable(await browser.post('/api/auth/sign-out'))
  }
  expect((await browser.get('/api/keys')).status).toBe(200)
  expect((await browser.post('/api/auth/sign-out')).status).toBe(200)
  expect((await openTestBrowser(server, cookie).get('/api/keys')).status).toBe(401)
})
