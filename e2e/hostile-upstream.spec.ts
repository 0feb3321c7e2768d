import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from '@playwright/test'
import { fileRow } from './find-rows.ts'
import { expect, test } from './fixtures.ts'

type Answer = { status?: number; type?: string; body: string }

const me = {
  status: 'ok',
  username: 'mallory <b>x</b>',
  plan: 'platinum',
  key: {
    id: 'k1',
    name: 'k',
    scopes: ['upload', 'import', 'read', 'rule-the-world'],
    key_prefix: 'csb_live_ab12cd...',
    key_last4: 'wxyz',
    created_at: '2026-06-25T10:00:00+00:00',
    expires_at: null,
  },
  rate_limit: { limit: 60, remaining: 59, reset: 1_782_326_145, window_seconds: 60 },
  limits: { upload_max_bytes: 1000 },
  news: { of: ['a', 'later', 'version'] },
}

const emptyTree = { status: 'ok', tree: { name: '', path: '/', folders: [] } }
const emptyFolder = {
  status: 'ok',
  path: '/',
  folders: [],
  files: [],
  limit: 50,
  next_offset: 0,
  has_more: false,
}

function json(value: unknown, status = 200): Answer {
  return { status, type: 'application/json', body: JSON.stringify(value) }
}

const html: Answer = { type: 'text/html', body: '<!doctype html><h1>It works!</h1>' }

/** An upstream that says whatever a test wants it to, by path; without rate-limit headers, as proxies do. */
async function startStub(answers: Record<string, Answer>) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://stub')
    const answer = answers[pathname] ?? json({ status: 'error', code: 'what', message: '?' }, 418)
    response.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'text/plain' })
    response.end(answer.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function tryToConnect(page: Page, origin: string): Promise<void> {
  await page.goto(origin)
  await page.getByLabel('API key', { exact: true }).fill(`csb_live_${'k'.repeat(28)}`)
  await page.getByRole('button', { name: 'Connect' }).click()
}

const badWelcomes: [string, Answer][] = [
  ['an HTML page', html],
  ['nothing', { body: '' }],
  ['a list', json([])],
  ['numbers for names', json({ ...me, username: 7, key: 'none' })],
  ['ten megabytes of text', { body: 'x'.repeat(10_000_000) }],
  ['an error without words', json({ status: 'error' }, 500)],
  ['a code from the future', json({ status: 'error', code: 'quota', message: 'No more.' }, 402)],
]

for (const [what, answer] of badWelcomes) {
  test(`an upstream that welcomes with ${what} is told as an alert`, async ({
    page,
    startBarkeep,
    watch,
  }) => {
    watch.expectTrouble(/Failed to load resource/)
    await using stub = await startStub({ '/api/v1/me': answer })
    const gateway = await startBarkeep({ BARKEEP_UPSTREAM: stub.origin })
    watch.allowOrigin(gateway.origin)
    await tryToConnect(page, gateway.origin)
    await expect(page.getByRole('alert')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Connect' })).toBeEnabled()
  })
}

test('names, links, states and scopes that nobody knows are shown as text and do no harm', async ({
  page,
  startBarkeep,
  watch,
}) => {
  const files = [
    { name: '<img src=x onerror=alert(1)>.txt', link: 'https://example.org/a' },
    { name: 'script.txt', link: 'javascript:alert(document.domain)' },
    { name: 'data.txt', link: 'data:text/html,<script>alert(1)</script>' },
    { name: '', link: '' },
    { name: '\u202Egpj.exe', link: 'not a link' },
    { name: 'x'.repeat(5000), link: 'https://example.org/b' },
  ].map((file, index) => ({ ...file, size: [-1, 1e300, 0][index % 3], uploaded_at: 'yesterday' }))
  const listing = { ...emptyFolder, folders: ['..', '', 'a/b', 'ok'], files, has_more: false }
  await using stub = await startStub({
    '/api/v1/me': json(me),
    '/api/v1/files': json(listing),
    '/api/v1/folders': json(emptyTree),
  })
  const gateway = await startBarkeep({ BARKEEP_UPSTREAM: stub.origin })
  watch.allowOrigin(gateway.origin)
  page.on('dialog', (dialog) => {
    throw new Error(`A script ran: ${dialog.message()}`)
  })
  await tryToConnect(page, gateway.origin)
  await expect(fileRow(page, '<img src=x onerror=alert(1)>.txt')).toBeVisible()
  await expect(page.getByText('mallory <b>x</b>')).toBeVisible()
  await fileRow(page, 'script.txt').dblclick()
  await fileRow(page, 'data.txt').dblclick()
  expect(page.context().pages()).toHaveLength(1)
  expect(new URL(page.url()).origin).toBe(gateway.origin)
  const hrefs = await page
    .locator('a')
    .evaluateAll((anchors) =>
      anchors.map((anchor) => new URL((anchor as HTMLAnchorElement).href).protocol),
    )
  expect(hrefs.filter((protocol) => !/^https?:$/.test(protocol))).toEqual([])
})

const badListings: [string, Answer][] = [
  ['an HTML page', html],
  ['wrong types', json({ ...emptyFolder, files: 'none', has_more: 'maybe' })],
  ['files that are no files', json({ ...emptyFolder, files: [null, 7, { name: {} }] })],
  ['half of an answer', { type: 'application/json', body: '{"status":"ok","files":[' }],
]

for (const [what, answer] of badListings) {
  test(`a folder that is answered with ${what} is told, and the rest of the page lives`, async ({
    page,
    startBarkeep,
    watch,
  }) => {
    await using stub = await startStub({
      '/api/v1/me': json(me),
      '/api/v1/files': answer,
      '/api/v1/folders': answer,
    })
    const gateway = await startBarkeep({ BARKEEP_UPSTREAM: stub.origin })
    watch.allowOrigin(gateway.origin)
    await tryToConnect(page, gateway.origin)
    await expect(
      page
        .getByRole('alert')
        .or(page.getByRole('button', { name: /try again|retry/i }))
        .first(),
    ).toBeVisible()
    await page.getByRole('button', { name: /mallory/ }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await expect(page.getByRole('heading', { name: 'Connect' })).toBeVisible()
  })
}

test('a listing that always promises more is not asked for without end', async ({
  page,
  startBarkeep,
  watch,
}) => {
  const endless = { ...emptyFolder, has_more: true, next_offset: 0 }
  await using stub = await startStub({
    '/api/v1/me': json(me),
    '/api/v1/files': json(endless),
    '/api/v1/folders': json(emptyTree),
  })
  const gateway = await startBarkeep({ BARKEEP_UPSTREAM: stub.origin })
  watch.allowOrigin(gateway.origin)
  let asked = 0
  page.on('request', (request) => {
    if (request.url().includes('/api/v1/files')) asked += 1
  })
  await tryToConnect(page, gateway.origin)
  await expect(page.getByRole('meter', { name: 'Requests left' })).toBeVisible()
  await page.waitForLoadState('networkidle')
  expect(asked).toBeLessThan(5)
})
