import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { meReply } from '#contract/account.ts'
import { apiKeyPrefix } from '#contract/api-keys.ts'
import { readConfig } from '#server/core/config.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { openTestBrowser } from '#server/testing/test-browser.ts'
import { openBeside } from '#server/testing/test-store.ts'
import { type CliOutcome, runCli } from './run-cli.ts'

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url))

/** Runs the command line in a process of its own, with `env` as its whole environment. */
async function barkeep(args: string[], env: Record<string, string>): Promise<CliOutcome> {
  const child = spawn(process.execPath, [cli, ...args], { env })
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { exitCode, stdout, stderr }
}

async function startWithCli() {
  const server = await startTestServer()
  return {
    server,
    /** In this process, on the running server's data: the same code without 300 ms of loading it. */
    run: (...args: string[]) => runCli(args, () => server.config),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

test('beside a running server, a process of its own makes a key that works at once, and revokes it', async () => {
  await using server = await startTestServer()
  const env = { BARKEEP_DATA: server.dataFolder }
  const made = await barkeep(['keys', 'create', '--user', 'owner', '--name', 'laptop'], env)
  expect(made).toMatchObject({ exitCode: 0, stderr: '' })
  expect(made.stdout).toMatch(/^csb_live_[0-9A-Za-z]{28}\n$/)
  const key = made.stdout.trim()
  const me = meReply.parse(await (await server.get('/api/v1/me', { key })).json())

  expect(await barkeep(['keys', 'revoke', me.key.id], env)).toMatchObject({ exitCode: 0 })
  expect((await server.get('/api/v1/me', { key })).status).toBe(401)
  const again = await barkeep(['keys', 'create', '--user', 'nobody', '--name', 'a'], env)
  expect(again).toMatchObject({ exitCode: 1, stdout: '' })
})

test('a key is made with scopes and expiry, listed without its secret, and revoked', async () => {
  await using world = await startWithCli()
  const { run, server } = world
  const made = await run(
    'keys',
    'create',
    '--user',
    'owner',
    '--name',
    'laptop',
    '--scopes',
    'read',
    '--expires',
    '2099-01-01',
  )

  expect(made).toMatchObject({ exitCode: 0, stderr: '' })
  expect(made.stdout).toMatch(/^csb_live_[0-9A-Za-z]{28}\n$/)
  const key = made.stdout.trim()
  const me = meReply.parse(await (await server.get('/api/v1/me', { key })).json())
  expect(me.key).toMatchObject({
    name: 'laptop',
    scopes: ['read'],
    expires_at: '2099-01-01T00:00:00+00:00',
  })

  const listed = await run('keys', 'list', '--user', 'owner')
  expect(listed.stdout).toContain(me.key.id)
  expect(listed.stdout).toContain(`${key.slice(0, 15)}...${key.slice(-4)}`)
  expect(listed.stdout).not.toContain(key)

  expect(await run('keys', 'revoke', me.key.id)).toMatchObject({ exitCode: 0 })
  expect((await server.get('/api/v1/me', { key })).status).toBe(401)
  expect((await run('keys', 'list', '--user', 'owner')).stdout).not.toContain(me.key.id)
})

test('an account that the command line makes signs in, and banning it ends its session and its keys', async () => {
  await using world = await startWithCli()
  const { run, server } = world
  const made = await run('users', 'create', 'alice', '--plan', 'free')
  expect(made).toMatchObject({ exitCode: 0, stderr: '' })
  expect(made.stdout).toMatch(/^[0-9A-Za-z]{20}\n$/)
  const browser = openTestBrowser(server)
  expect((await browser.signIn('alice', made.stdout.trim())).status).toBe(200)
  const key = (await run('keys', 'create', '--user', 'alice', '--name', 'a')).stdout.trim()

  expect((await server.get('/api/v1/me', { key })).status).toBe(403)
  expect((await run('users', 'set', 'alice', '--plan', 'pro')).exitCode).toBe(0)
  expect((await server.get('/api/v1/me', { key })).status).toBe(200)
  expect((await run('users', 'list')).stdout).toMatch(/^alice +pro +active +20/m)

  expect((await run('users', 'set', 'alice', '--state', 'banned')).exitCode).toBe(0)
  expect((await server.get('/api/v1/me', { key })).status).toBe(403)
  expect((await browser.get('/api/keys')).status).toBe(401)
  expect((await run('users', 'list')).stdout).toMatch(/^alice +pro +banned +20\S+\+00:00$/m)
})

test('what cannot be done is one line on standard error and exit code 1', async () => {
  await using world = await startWithCli()
  const { run } = world
  await run('users', 'create', 'alice')
  const impossible: [string, string][] = [
    ['keys create --user bob --name a', 'no account named "bob"'],
    ['keys list --user bob', 'no account named "bob"'],
    ['keys create --user owner --name a --expires 2020-01-01', 'in the future'],
    ['keys revoke key_nobody', 'no key with the id "key_nobody"'],
    ['users create alice', 'an account named "alice" already'],
    ['users create Alice!', 'lower-case letters'],
    ['users set bob --plan pro', 'no account named "bob"'],
    ['users set b\nob\u001b[31m --plan pro', 'no account named "b ob\ufffd[31m"'],
    [`keys revoke ${apiKeyPrefix}${'k3Y'.repeat(9)}x`, `id "${apiKeyPrefix}[hidden]"`],
  ]
  for (const [line, reason] of impossible) {
    const { exitCode, stdout, stderr } = await run(...line.split(' '))
    expect({ exitCode, stdout }, line).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain(reason)
    expect(stderr.trimEnd().split('\n'), line).toHaveLength(1)
  }
})

test('in a folder that has no account yet it says where the first one comes from', async () => {
  await using world = await startWithCli()
  const { run, server } = world
  await using database = await openBeside(server)
  await database.deleteFrom('api_key').execute()
  await database.deleteFrom('user').execute()
  expect((await run('keys', 'list', '--user', 'owner')).stderr).toBe(
    'There is no account named "owner". The first start makes the account "owner".\n',
  )
})

test('output that cannot be written is one line on standard error and exit code 1', async () => {
  await using server = await startTestServer()
  await using full = await open('/dev/full', 'w')
  const child = spawn(process.execPath, [cli, 'users', 'list'], {
    env: { BARKEEP_DATA: server.dataFolder },
    stdio: ['ignore', full.fd, 'pipe'],
  })
  const told = text(child.stderr as Readable)
  const [stderr, [exitCode]] = await Promise.all([told, once(child, 'exit')])
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/^The output could not be written: .+\n$/)
})

test('the eleventh key is refused in words', async () => {
  await using world = await startWithCli()
  const { run, server } = world
  for (let made = 1; made < 10; made += 1) await server.keyWith({})
  const { exitCode, stderr } = await run('keys', 'create', '--user', 'owner', '--name', 'a')
  expect(exitCode).toBe(1)
  expect(stderr).toContain('at most 10 keys')
})

test('wrong usage is one line on standard error that points to the help, and exit code 2', async () => {
  const nowhere = () => {
    throw new Error('A wrong command line must not touch the store.')
  }
  const wrong: [string[], string][] = [
    [['keys'], 'no command "keys"'],
    [['keys', 'make'], 'no command "keys make"'],
    [['keys', 'create', '--name', 'a'], 'needs --user'],
    [['keys', 'create', '--user', 'owner'], 'needs --name'],
    [['keys', 'create', '--user', 'owner', '--name', ' '], 'needs a name'],
    [['keys', 'create', '--user', 'owner', '--name', 'a', '--scopes', 'read,write'], 'not "write"'],
    [['keys', 'create', '--user', 'owner', '--name', 'a', '--scopes', ''], 'not ""'],
    [['keys', 'create', '--user', 'owner', '--name', 'a', '--expires', 'soon'], 'not "soon"'],
    [
      ['keys', 'create', '--user', 'owner', '--name', 'a', '--expires', '2027-02-30'],
      'not "2027-02-30"',
    ],
    [['keys', 'list', '--user'], '--user'],
    [['keys', 'list', '--user', '-x'], "use '--user=-XYZ'"],
    [['keys', 'list', '--owner', 'x'], '--owner'],
    [['keys', 'revoke'], 'needs a KEY_ID'],
    [['keys', 'revoke', 'key_1', 'key_2'], 'does not take "key_2"'],
    [['users', 'create'], 'needs a NAME'],
    [['users', 'create', 'alice', '--plan', 'gold'], 'not "gold"'],
    [['users', 'set', 'alice'], '--plan or --state'],
    [['users', 'set', 'alice', '--state', 'gone'], 'not "gone"'],
    [['users', 'list', 'all'], 'does not take "all"'],
  ]
  const outcomes = await Promise.all(wrong.map(([args]) => runCli(args, nowhere)))
  for (const [index, { exitCode, stdout, stderr }] of outcomes.entries()) {
    const [args = [], reason] = wrong[index] ?? []
    expect({ exitCode, stdout }, args.join(' ')).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(reason)
    expect(stderr).toContain('./barkeep --help')
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  }
})

test('a folder in which no server ever ran is told so, and stays as it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'barkeep-empty-'))
  try {
    const { exitCode, stderr } = await runCli(['users', 'list'], () =>
      readConfig({ BARKEEP_DATA: folder }),
    )
    expect(exitCode).toBe(1)
    expect(stderr).toContain('holds no Barkeep data')
    expect(await readdir(folder)).toEqual([])
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('in gateway mode it says where the accounts are, and a bad setting is exit code 2', async () => {
  const gateway = await runCli(['users', 'list'], () =>
    readConfig({ BARKEEP_UPSTREAM: 'https://up.example' }),
  )
  expect(gateway).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('https://up.example'),
  })
  const bad = await runCli(['users', 'list'], () => readConfig({ PORT: 'http' }))
  expect(bad).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('PORT must be') })
})

test('the help names every command, and asking for it is no mistake', async () => {
  for (const args of [['--help'], ['keys', 'create', '--help'], ['-h'], []]) {
    const { exitCode, stdout } = await runCli(args, () => readConfig({}))
    expect(exitCode).toBe(0)
    for (const command of [
      'keys create',
      'keys list',
      'keys revoke',
      'users create',
      'users set',
      'users list',
    ]) {
      expect(stdout).toContain(`./barkeep ${command}`)
    }
    expect(stdout).not.toContain(apiKeyPrefix)
  }
})
