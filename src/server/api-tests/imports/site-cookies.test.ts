import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { endpoints } from '#contract/endpoints.ts'
import {
  startTestImportServer,
  type TestImportServer,
} from '#server/testing/imports/import-server.ts'
import { createFakeYtDlp, processesWith } from '#server/testing/imports/test-yt-dlp.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

const secret = 'top-secret-cookie-value'
const later = Math.floor(Date.now() / 1000) + 86_400
const line = (domain: string, value = secret, expires = later) =>
  [domain, 'FALSE', '/', 'FALSE', expires, 'session', value].join('\t')

/** May reach the site by both of its names: to cookies they are two. */
const startWith = async (config: object = {}) => {
  const imports = await startTestImportServer({
    config: { importAllow: ['127.0.0.0/8'], ...config },
  })
  const port = new URL(imports.site.origin).port
  return { ...imports, other: `http://localhost:${port}` }
}

async function save(imports: TestImportServer, site: string, cookies: string) {
  return await imports.server.post('/api/v1/import/cookies', { site, cookies })
}

async function list(imports: TestImportServer) {
  const reply = await imports.server.get('/api/v1/import/cookies')
  return endpoints.cookies.reply.parse(await reply.json()).sites
}

const cookiesTo = ({ site }: TestImportServer, host: string) =>
  site.requests.filter((request) => request.host?.startsWith(host)).map(({ cookie }) => cookie)

test('an import from the site is signed in, and nobody else gets its cookies, redirects included', async () => {
  await using imports = await startWith()
  const text = `# Netscape HTTP Cookie File\n${line('127.0.0.1')}\n${line('elsewhere.example')}\n`
  expect((await save(imports, '127.0.0.1', text)).status).toBe(200)
  expect(await list(imports)).toMatchObject([{ site: '127.0.0.1', cookies: 1 }])
  // A piece of the film is at the site and sends on to another host.
  const piece = `${imports.other}/media/0/360/index0.ts`
  const moved = `${imports.site.origin}/redirect/piece.ts?to=${encodeURIComponent(piece)}`
  const stream = `${imports.site.origin}/hostile/segment.m3u8?to=${encodeURIComponent(moved)}`
  await imports.run(`/hostile/content?to=${encodeURIComponent(stream)}`, { type: 'video' })
  const own = cookiesTo(imports, '127.0.0.1')
  expect(own.length).toBeGreaterThan(1)
  expect(new Set(own)).toEqual(new Set([`session=${secret}`]))
  const others = cookiesTo(imports, 'localhost')
  expect(others.length).toBeGreaterThan(0)
  expect(new Set(others)).toEqual(new Set([undefined]))
})

test('an import from another site has none, and after deleting the site itself has none', async () => {
  await using imports = await startWith()
  await save(imports, '127.0.0.1', line('127.0.0.1'))
  await imports.run(`${imports.other}/watch/a`, { type: 'video', video: { quality: '360' } })
  const reply = await imports.server.post('/api/v1/import/cookies/delete', { site: '127.0.0.1' })
  expect(reply.status).toBe(200)
  expect(await list(imports)).toEqual([])
  await imports.run('/watch/a', { type: 'video', video: { quality: '360' } })
  expect(imports.site.requests.map(({ cookie }) => cookie).filter(Boolean)).toEqual([])
})

test('cookies lie nowhere to be read: not in the data folder, no answer, no argument; the key is the server’s alone', async () => {
  await using fake = await createFakeYtDlp(`
file=$(echo "$*" | sed 's/.*--cookies \\([^ ]*\\).*/\\1/')
printf 'BARKEEP-VIDEO {"title": "%s %s"}\\n' "$(stat -c %a "$file")" "$(grep -c ${secret} "$file")"
until [ -e go ]; do sleep 0.05; done`)
  await using imports = await startWith({ ytDlp: fake.path })
  const saved = await save(imports, 'http://127.0.0.1:80/watch', line('127.0.0.1'))
  expect(await saved.text()).not.toContain(secret)
  const id = await imports.start('/watch/a', { type: 'video' })
  const task = await imports.waitFor(id, ({ title }) => title !== undefined)
  expect(task.title).toBe('600 1')
  expect(processesWith(secret)).toEqual([])
  await imports.server.post('/api/v1/import/cancel', { task_id: id })
  await imports.expectNoLeftovers()
  const { dataFolder } = imports.server
  expect((await stat(join(dataFolder, 'cookies-key'))).mode & 0o777).toBe(0o600)
  const names = await readdir(dataFolder, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile())
  expect(files.length).toBeGreaterThan(2)
  for (const { parentPath, name } of files) {
    const bytes = await readFile(join(parentPath, name))
    expect(bytes.includes(secret), name).toBe(false)
  }
})

test('with another key file they do not open: the import goes on without', async () => {
  await using imports = await startWith()
  await save(imports, '127.0.0.1', line('127.0.0.1'))
  const path = join(imports.server.dataFolder, 'cookies-key')
  const { writeFile } = await import('node:fs/promises')
  await writeFile(path, Buffer.alloc(32, 7).toString('base64url'))
  const task = await imports.run('/watch/a', { type: 'video', video: { quality: '360' } })
  expect(task.state).toBe('completed')
  expect(imports.site.requests.map(({ cookie }) => cookie).filter(Boolean)).toEqual([])
})

const own = '127.0.0.1'

test.each([
  ['a word', own, 'hello', 'seven fields'],
  ['nothing', own, '', 'no cookie'],
  ['JSON', own, `[{"domain":"${own}","value":"${secret}"}]`, 'JSON'],
  ['another site’s', own, line('videos.example'), 'None of these'],
  ['one that has expired', own, line(own, secret, 1000), 'have expired'],
  ['one with a line feed of its own', own, line(own, 'a\rSet-Cookie: b'), 'control characters'],
  ['one with a tab', own, line(own, 'a\tb'), 'seven fields'],
  ['one with a line separator', own, line(own, 'a\u2028b'), 'control characters'],
  ['one that is too long', own, line(own, secret.repeat(400)), 'too long'],
  ['an option for a domain', own, line('--exec=id'), 'no domain'],
  ['too many', own, Array.from({ length: 301 }, () => line(own)).join('\n'), 'more than 300'],
  ['those of a suffix', 'co.uk', line('.co.uk'), 'no site'],
  ['an option for a site', '--proxy', line(own), 'no name of a site|None of these'],
  ['a file for a site', 'file:///etc/passwd', line(own), 'no name of a site'],
])('%s is refused in words that repeat none of it', async (_what, site, text, words) => {
  await using imports = await startWith()
  const reply = await save(imports, site, text)
  const { code, message } = (await reply.json()) as { code: string; message: string }
  expect([reply.status, code]).toEqual([400, 'invalid_request'])
  expect(message).toMatch(new RegExp(words))
  expect(message).not.toContain(secret)
  expect(await list(imports)).toEqual([])
})

test('a site is what cookies know it by: of www and of an address it is the same, and saving again replaces', async () => {
  await using imports = await startWith()
  await save(imports, 'https://www.videos.example/watch?v=1', line('.videos.example'))
  await save(imports, 'videos.example', `${line('.videos.example')}\n${line('www.videos.example')}`)
  expect(await list(imports)).toMatchObject([{ site: 'videos.example', cookies: 2 }])
})

test('another account sees and deletes none of them', async () => {
  await using imports = await startWith()
  await save(imports, '127.0.0.1', line('127.0.0.1'))
  const key = await imports.server.keyWith({ username: 'bob' })
  const reply = await imports.server.get('/api/v1/import/cookies', { key })
  expect(((await reply.json()) as { sites: unknown[] }).sites).toEqual([])
  await imports.server.post('/api/v1/import/cookies/delete', { site: '127.0.0.1' }, { key })
  expect(await list(imports)).toHaveLength(1)
})
