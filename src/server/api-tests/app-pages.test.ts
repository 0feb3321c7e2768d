import { mkdir, mkdtempDisposable, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { errorReply } from '#contract/api-error.ts'
import { uploadReply } from '#contract/uploads.ts'
import { builtAppPages } from '#server/http/send/serve-app.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'

/** A built app as `vite build` leaves it, small. */
async function builtApp() {
  const folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-pages-'))
  await mkdir(join(folder.path, 'assets'))
  await writeFile(join(folder.path, 'index.html'), '<!doctype html><title>App</title>')
  await writeFile(join(folder.path, 'icon.svg'), '<svg/>')
  await writeFile(join(folder.path, 'service-worker.js'), '// Keeps the page.')
  await writeFile(join(folder.path, 'assets/index-abc123.js'), 'app()\n'.repeat(1000))
  return { pages: builtAppPages(folder.path), [Symbol.asyncDispose]: folder.remove }
}

test.each(['/', '/Films/2026/', '/keys', '/a.b/c', '/apiary'])('%s is the app', async (path) => {
  await using app = await builtApp()
  await using server = await startTestServer({ dependencies: { pages: app.pages } })
  const reply = await fetch(server.origin + path)
  expect(reply.status).toBe(200)
  expect(await reply.text()).toContain('<title>App</title>')
  expect(reply.headers.get('cache-control')).toBe('no-cache')
})

test('the app may run its own scripts, none inline, and speak to this server alone', async () => {
  await using app = await builtApp()
  await using server = await startTestServer({ dependencies: { pages: app.pages } })
  const { headers } = await fetch(server.origin)
  const policy = new Map(
    (headers.get('content-security-policy') ?? '').split(';').map((directive) => {
      const [name = '', ...sources] = directive.trim().split(' ')
      return [name, sources]
    }),
  )
  expect(Object.fromEntries(policy)).toEqual({
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'worker-src': ["'self'"],
    'manifest-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'connect-src': ["'self'"],
    'img-src': ["'self'", 'blob:'],
    'media-src': ["'self'", 'blob:'],
    'frame-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
  })
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  // On plain http these would lock people out of a server in their own network.
  expect(headers.get('strict-transport-security')).toBeNull()
})

test('nothing but the service worker of the app may become one', async () => {
  await using app = await builtApp()
  await using server = await startTestServer({ dependencies: { pages: app.pages } })
  const sent = await server.upload({ name: 'service-worker.js', bytes: 'x' })
  const { link } = uploadReply.parse(await sent.json())
  const headers = { 'service-worker': 'script' }
  const ask = async (address: string) => (await fetch(address, { headers })).status
  expect(await ask(`${server.origin}/service-worker.js`)).toBe(200)
  expect(await ask(link)).toBe(404)
  expect(await ask(`${server.origin}/assets/index-abc123.js`)).toBe(404)
  expect(await ask(`${server.origin}/service-worker.js?x`)).toBe(404)
  expect((await fetch(link)).status).toBe(200)
})

test('what is shared where no service worker takes it leads to the app, unread', async () => {
  await using app = await builtApp()
  await using server = await startTestServer({ dependencies: { pages: app.pages } })
  const body = new FormData()
  body.set('files', new File(['x'.repeat(100_000)], 'a.txt'))
  const reply = await fetch(`${server.origin}/share-target`, {
    ...{ method: 'POST', body, redirect: 'manual' },
  })
  expect([reply.status, reply.headers.get('location')]).toEqual([303, '/import?shared='])
})

test('hashed files are kept for ever and sent compressed; one that is gone is no page', async () => {
  await using app = await builtApp()
  await using server = await startTestServer({ dependencies: { pages: app.pages } })
  const script = await fetch(`${server.origin}/assets/index-abc123.js`, {
    headers: { 'accept-encoding': 'gzip, br' },
  })
  expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(script.headers.get('content-encoding')).toBe('br')
  expect(await script.text()).toContain('app()')
  const gone = await fetch(`${server.origin}/assets/index-old.js`)
  expect(gone.status).toBe(404)
})

test('pages, scripts and the reference take conditions as files do', async () => {
  await using app = await builtApp()
  await using server = await startTestServer({ dependencies: { pages: app.pages } })
  const paths = ['/', '/Films/', '/assets/index-abc123.js', '/api/v1/openapi.json', '/docs/api']
  for (const path of paths) {
    const ask = async (headers: Record<string, string>) => {
      // Without a word of its own, `fetch` asks caches to look again, which is to send all again.
      const asked = { 'cache-control': 'max-age=0', ...headers }
      const reply = await fetch(server.origin + path, { headers: asked })
      return [path, reply.status, reply.status === 200 || (await reply.text())]
    }
    const etag = (await fetch(server.origin + path)).headers.get('etag') ?? ''
    expect(await ask({ 'if-match': '"nope"' })).toEqual([path, 412, ''])
    expect(await ask({ 'if-match': '*' })).toEqual([path, 200, true])
    expect(await ask({ 'if-none-match': etag })).toEqual([path, 304, ''])
    expect(await ask({ 'if-none-match': '"nope"' })).toEqual([path, 200, true])
  }
})

test('without a built app the API works and other addresses say so in JSON', async () => {
  await using server = await startTestServer({ dependencies: { pages: builtAppPages('/nowhere') } })
  expect((await server.get('/api/v1/me')).status).toBe(200)
  const reply = await fetch(server.origin)
  expect(reply.status).toBe(404)
  expect(errorReply.parse(await reply.json()).code).toBe('not_found')
})

test('stored files are never pages of the app, however they are asked for', async () => {
  await using app = await builtApp()
  await using server = await startTestServer({ dependencies: { pages: app.pages } })
  for (const path of [
    '/data/barkeep.sqlite',
    '/..%2fbarkeep.sqlite',
    '/%2e%2e/%2e%2e/etc/passwd',
  ]) {
    expect(await (await fetch(server.origin + path)).text()).toContain('<title>App</title>')
  }
})

test.each(['GET', 'HEAD'])(
  'who asks by %s whether the server is well needs no key',
  async (method) => {
    await using server = await startTestServer()
    const reply = await fetch(`${server.origin}/healthz`, { method })
    expect(reply.status).toBe(200)
    expect(await reply.text()).toBe(method === 'GET' ? '{"status":"ok"}' : '')
  },
)

test('a disk that is taken out makes files unavailable, not the server: it needs no new start', async () => {
  await using server = await startTestServer()
  const { link } = uploadReply.parse(
    await (await server.upload({ name: 'a.txt', bytes: 'here' })).json(),
  )
  const away = `${server.dataFolder}-away`
  await rename(server.dataFolder, away)
  for (const reply of [await server.upload({ name: 'b.txt', bytes: 'x' }), await fetch(link)]) {
    expect(reply.status).toBe(503)
    expect(errorReply.parse(await reply.json()).code).toBe('unavailable')
  }
  expect((await fetch(`${server.origin}/healthz`)).status).toBe(200)

  await rename(away, server.dataFolder)
  expect((await server.upload({ name: 'b.txt', bytes: 'x' })).status).toBe(200)
  expect(await (await fetch(link)).text()).toBe('here')
})

test('answers of the API are compressed when they are worth it, share links never', async () => {
  await using server = await startTestServer()
  for (let index = 0; index < 12; index += 1) {
    await server.upload({ name: `file-${index}.txt`, bytes: 'x'.repeat(5000) })
  }
  const headers = { 'accept-encoding': 'gzip' }
  const listing = await server.get('/api/v1/files', { headers })
  expect(listing.headers.get('content-encoding')).toBe('gzip')
  const { files } = (await listing.json()) as { files: { link: string }[] }
  const shared = await fetch(files[0]?.link ?? '', { headers })
  expect(shared.headers.get('content-encoding')).toBeNull()
  expect(shared.headers.get('content-length')).toBe('5000')
})
