import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { prepareFirstStart } from '#server/account/first-start.ts'
import { openCliStore } from '#server/cli/cli-store.ts'
import { runCli } from '#server/cli/run-cli.ts'
import { type Config, readConfig } from '#server/core/config.ts'
import { emptyTestDatabase, type TestDatabase } from '#server/testing/test-postgres.ts'
import { type BarkeepServer, buildServer } from './build-server.ts'

type Started = AsyncDisposable & { config: Config; server: BarkeepServer; origin: string }

/** A server with scratch of its own. */
async function startOn({ url }: TestDatabase): Promise<Started> {
  const folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-shared-'))
  const config = {
    ...readConfig({ PORT: '0', BARKEEP_DATA: folder.path, BARKEEP_LOG_LEVEL: 'silent' }),
    ...{ database: { url, maxConnections: 4 }, ytDlp: '/not-looked-for' },
  }
  const server = await buildServer(config)
  return {
    ...{ config, server, origin: await server.listen() },
    async [Symbol.asyncDispose]() {
      await server.close()
      await folder.remove()
    },
  }
}

function askWith(origin: string, path: string, secret = ''): Promise<Response> {
  return fetch(origin + path, { headers: { authorization: `Bearer ${secret}` } })
}

async function makeFirstAccount({ config, server }: Started) {
  return await server.firstStartOnce(async () => {
    await using store = await openCliStore(config)
    const locks = { run: (_: unknown, work: () => Promise<never>) => work() } as never
    return (await server.isFirstStart()) ? await prepareFirstStart({ ...store, locks }) : null
  })
}

test('three servers that start at once on an empty database all start, and one of them makes the first account', async () => {
  await using database = await emptyTestDatabase()
  const servers = await Promise.all([1, 2, 3].map(() => startOn(database)))
  await using stack = new AsyncDisposableStack()
  for (const server of servers) stack.use(server)
  const made = (await Promise.all(servers.map(makeFirstAccount))).filter((one) => one !== null)
  expect(made).toHaveLength(1)
  const [first, second, third] = servers as [Started, Started, Started]
  const users = await runCli(['users', 'list'], () => second.config)
  expect(users.stdout.match(/^owner /gm)).toHaveLength(1)

  // The key works on all, the session that one gives on the others, and so does a ban.
  const me = ({ origin }: Started) => askWith(origin, '/api/v1/me', made[0]?.secret)
  for (const server of servers) expect((await me(server)).status).toBe(200)
  const signedIn = await fetch(`${first.origin}/api/auth/sign-in/username`, {
    method: 'POST',
    headers: { origin: first.origin, 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'owner', password: made[0]?.password }),
  })
  expect(signedIn.status).toBe(200)
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  const keys = () => fetch(`${third.origin}/api/keys`, { headers: { cookie } })
  expect((await keys()).status).toBe(200)
  const banned = await runCli(['users', 'set', 'owner', '--state', 'banned'], () => first.config)
  expect(banned.exitCode).toBe(0)
  for (const server of servers) expect((await me(server)).status).toBe(403)
  expect((await keys()).status).toBe(401)
})

test('a database that goes away is told unavailable, and asked again by itself when it is back', async () => {
  await using database = await emptyTestDatabase()
  await using started = await startOn(database)
  const made = await makeFirstAccount(started)
  const ask = () => askWith(started.origin, '/api/v1/files', made?.secret)
  expect((await ask()).status).toBe(200)
  await database.goAway()
  for (let times = 0; times < 3; times += 1) {
    const reply = await ask()
    expect({ status: reply.status, body: await reply.json() }).toMatchObject({
      ...{ status: 503, body: { code: 'unavailable' } },
    })
  }
  await database.comeBack()
  expect((await ask()).status).toBe(200)
})
