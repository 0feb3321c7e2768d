import { mkdtempDisposable, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sendRaw } from '#server/testing/test-raw-request.ts'
import { startServerProcess } from '#server/testing/test-server-process.ts'

const password = 'very-secret-password'

/** Shows `secret` to the server in every place of a request that has room for it. */
async function showEverywhere(origin: string, secret: string): Promise<void> {
  const bearer = { authorization: `Bearer ${secret}` }
  const json = { ...bearer, 'content-type': 'application/json', origin }
  const escaped = `%${secret.charCodeAt(0).toString(16)}${secret.slice(1)}`
  const halfway = secret.replace('_', '%5F')
  for (const text of [secret, escaped, halfway, encodeURIComponent(halfway)]) {
    for (const path of ['/api/v1/me?key=', '/api/v1/', '/api/', '/api/v1/import/', '/']) {
      await fetch(origin + path + text, { headers: bearer })
    }
    await fetch(`${origin}/share/${text}/${text}`)
    await fetch(`${origin}/api/v1/files?path=/${text}/`, { headers: bearer })
    await sendRaw(origin, `GET //${text} HTTP/1.1\r\nHost: a\r\n\r\n`)
    await sendRaw(origin, `GET /${text}%zz HTTP/1.1\r\nHost: a\r\n\r\n`)
  }
  const places = {
    cookie: `barkeep.session_token=${secret}; key=${secret}`,
    referer: `${origin}/?key=${secret}`,
    'user-agent': secret,
    'x-api-key': secret,
    'x-forwarded-for': secret,
    'idempotency-key': secret.repeat(20),
  }
  await fetch(`${origin}/api/v1/me`, { headers: { ...places, ...bearer } })
  await fetch(`${origin}/api/keys`, { headers: places })
  const upload = `${origin}/api/v1/upload?filename=`
  await fetch(`${upload}a`, { method: 'POST', body: 'x', headers: { ...places, ...bearer } })
  await fetch(`${upload}${secret}/`, { method: 'POST', body: 'x', headers: bearer })
  for (const body of [secret, `{"url":"http://127.0.0.1/${secret}","task_id":"${secret}"}`]) {
    for (const path of ['/api/v1/import', '/api/v1/import/cancel', '/api/auth/sign-in/username']) {
      await fetch(origin + path, { method: 'POST', body, headers: json })
    }
  }
  const signIn = JSON.stringify({ username: secret, password })
  for (const body of [signIn, `${signIn}}`]) {
    await fetch(`${origin}/api/auth/sign-in/username`, { method: 'POST', body, headers: json })
  }
  await sendRaw(origin, `${secret} / HTTP/1.1\r\nHost: ${secret}\r\n\r\n`)
  await sendRaw(origin, `GET / HTTP/1.1\r\nHost: ${secret}/\r\nCookie: ${secret}\r\n\r\n`)
  await sendRaw(origin, `CONNECT ${secret}:80 HTTP/1.1\r\nHost: ${secret}\r\n\r\n`)
}

/** All but the file for the owner's eyes, which is there to hold the first key. */
async function storedBytes(folder: string): Promise<Buffer> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = files
    .filter((file) => file.isFile() && file.name !== 'first-sign-in.txt')
    .map(({ parentPath, name }) => join(parentPath, name))
  return Buffer.concat(await Promise.all(paths.map((path) => readFile(path))))
}

const settingsFor = (folder: string) => ({
  BARKEEP_DATA: folder,
  BARKEEP_LOG_LEVEL: 'trace',
  BARKEEP_RATE_LIMIT: '1000',
})

test('no log line and no file of the data folder holds a key, wherever a request had it', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-secrets-'))
  await using server = startServerProcess(settingsFor(folder.path))
  const origin = await server.origin
  const key = await server.firstKey
  const greeting = server.output().stdout

  await showEverywhere(origin, key)
  // While it runs: the database has its newest pages in files of their own.
  const stored = await storedBytes(folder.path)
  await server.end('SIGTERM')

  const { stdout, stderr } = server.output()
  expect(stdout).toBe(greeting)
  // The control: what was asked is there, so a key would be.
  expect(stderr).toContain('"path":"/api/v1/files"')
  expect(stored.includes('First key')).toBe(true)
  for (const secret of [key, key.slice('csb_live_'.length), password]) {
    expect(stderr).not.toContain(secret)
    expect(stored.includes(secret)).toBe(false)
  }
})

test('a gateway writes no key to its log, also when the service fails', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-secrets-'))
  // Nobody listens there.
  const settings = { ...settingsFor(folder.path), BARKEEP_UPSTREAM: 'http://127.0.0.1:1' }
  await using server = startServerProcess(settings)
  const key = `csb_live_${'k3Y'.repeat(10)}`
  await showEverywhere(await server.origin, key)
  await server.end('SIGTERM')
  const { stdout, stderr } = server.output()
  expect(stderr).toContain('ECONNREFUSED')
  for (const secret of [key, key.slice('csb_live_'.length), password]) {
    expect(stdout + stderr).not.toContain(secret)
  }
})

test('no log line holds a query, a name of a file or a whole share link', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-secrets-'))
  await using server = startServerProcess(settingsFor(folder.path))
  const origin = await server.origin
  const headers = { authorization: `Bearer ${await server.firstKey}`, cookie: 'a=very-secret' }
  const url = `${origin}/api/v1/upload?filename=private-name.txt`
  const sent = await (await fetch(url, { method: 'POST', body: 'x', headers })).json()
  const { link, tracking_id: trackingId } = sent as { link: string; tracking_id: string }
  await fetch(link, { headers })
  await fetch(link.replace('/share/', '/%73hare/'), { headers })
  await fetch(link, { method: 'DELETE', headers })
  await fetch(`${link}/below`, { headers })
  await fetch(`${origin}/private-name/very-secret`, { headers })
  await sendRaw(origin, `GET ${link} HTTP/1.1\r\nHost: a\r\nCookie: very-secret\r\n\r\n`)
  await sendRaw(origin, `GET /${new URL(link).pathname} HTTP/1.1\r\nHost: a\r\n\r\n`)
  await server.end('SIGTERM')
  const { stderr } = server.output()
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map((line) => line.path)).toContain(`/share/${trackingId.slice(0, 6)}…`)
  for (const secret of ['very-secret', 'private-name', trackingId]) {
    expect(stderr).not.toContain(secret)
  }
})
