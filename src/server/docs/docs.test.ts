import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { apiErrorCodes } from '#contract/api-error.ts'
import { endpoints } from '#contract/endpoints.ts'
import { assertMatchesOpenApi } from '#server/testing/check-openapi-reply.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { watchReplies } from '#server/testing/watch-replies.ts'
import { documentedEndpoints } from './endpoint-words.ts'
import type { OpenApiDocument } from './openapi.ts'

const redocly = fileURLToPath(
  new URL('../../../node_modules/@redocly/cli/bin/cli.js', import.meta.url),
)

/** Runs the linter with its recommended rules; warnings count. */
async function lint(document: unknown): Promise<{ code: number; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'barkeep-openapi-'))
  try {
    const file = join(folder, 'openapi.json')
    await writeFile(file, JSON.stringify(document))
    // A home of its own, and not a word to anybody.
    const env = { HOME: folder, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
    const args = [redocly, 'lint', '--extends', 'recommended', '--max-problems', '50', file]
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
      env,
      cwd: folder,
    })
    return { code: 0, output: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, output: stdout + stderr }
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('the OpenAPI document has no fault and no warning by the recommended rules', async () => {
  await using server = await startTestServer()
  const reply = await server.get('/api/v1/openapi.json', { key: null })
  const document = (await reply.json()) as OpenApiDocument

  const { code, output } = await lint(document)

  expect(output).toContain('is valid')
  expect(output).not.toMatch(/warning/i)
  expect(code).toBe(0)
  expect(document.servers).toEqual([{ url: server.origin }])
})

test('the linter that says so finds faults where there are some', async () => {
  const { code, output } = await lint({
    openapi: '3.1.0',
    info: { title: 'x' },
    paths: { '/a': { get: {} } },
  })
  expect(code).toBe(1)
  expect(output).toContain('security-defined')
})

test('every endpoint of the API is documented, and every example answer is one', () => {
  const known = Object.entries(endpoints).filter(([, { path }]) => path.startsWith('/api/v1/'))
  expect(documentedEndpoints.map(({ name }) => name).sort()).toEqual(
    known.map(([name]) => name).sort(),
  )
  for (const { endpoint, answer } of documentedEndpoints) {
    const status = endpoint.success ?? 200
    const isHead = endpoint.success !== undefined
    if (isHead) expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    else endpoint.reply.parse(answer)
    assertMatchesOpenApi({
      method: endpoint.method,
      path: endpoint.path.replace(':id', 'x'),
      status,
      body: isHead ? undefined : answer,
    })
  }
})

test.each([
  [
    'a field is missing',
    { method: 'GET', path: '/api/v1/me', status: 200, body: { status: 'ok' } },
  ],
  ['the status is not told of', { method: 'GET', path: '/api/v1/me', status: 418, body: {} }],
  [
    'an error has no code',
    { method: 'GET', path: '/api/v1/me', status: 401, body: { status: 'error', message: '' } },
  ],
  [
    'a success has an undocumented address',
    { method: 'GET', path: '/api/v1/secrets', status: 200, body: {} },
  ],
])('an answer is refused when %s', (_what, reply) => {
  expect(() => assertMatchesOpenApi(reply)).toThrow()
})

const window = { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '2' }
const refusal = JSON.stringify({ status: 'error', code: 'invalid_key', message: 'No.' })

test.each([
  ['as the document tells it', 401, window, refusal, null],
  ['without its window', 401, {}, refusal, /X-RateLimit-limit/],
  ['of another shape', 401, window, '{}', /must have required property/],
  ['that is no JSON', 401, window, 'no', /not valid JSON/],
  ['that is not told of', 418, window, refusal, /does not tell of/],
])('a server under watch that gives an answer %s', async (_how, status, headers, body, fault) => {
  const server = createServer((_request, response) =>
    response.setHeaders(new Headers(headers)).writeHead(status).end(body),
  )
  const check = watchReplies(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  await (await fetch(`http://127.0.0.1:${port}/api/v1/me`)).text()
  await new Promise((closed) => server.close(closed))
  if (fault === null) check()
  else expect(check).toThrow(fault)
})

test.each(['size', 'limit', 'next_offset'])(
  'an answer whose %s is no whole number is refused',
  (name) => {
    const file = { name: 'a', size: 1, link: 'http://a/', uploaded_at: '2026-06-25T10:00:00+00:00' }
    const page = {
      status: 'ok',
      path: '/',
      folders: [],
      limit: 50,
      next_offset: 1,
      has_more: false,
    }
    const body = { ...page, files: [file] }
    assertMatchesOpenApi({ method: 'GET', path: '/api/v1/files', status: 200, body })
    const broken =
      name === 'size' ? { ...page, files: [{ ...file, size: 0.5 }] } : { ...body, [name]: 0.5 }
    expect(() =>
      assertMatchesOpenApi({ method: 'GET', path: '/api/v1/files', status: 200, body: broken }),
    ).toThrow()
  },
)

test('programs are told where an Idempotency-Key may be sent', async () => {
  await using server = await startTestServer()
  const reply = await server.get('/api/v1/openapi.json', { key: null })
  const { paths } = (await reply.json()) as { paths: Record<string, object> }
  const told = Object.keys(paths).filter((path) =>
    JSON.stringify(paths[path]).includes('"name":"Idempotency-Key","in":"header"'),
  )
  const { upload, uploadBatch, startImport, beginUpload } = endpoints
  const { createFolder, copy, rename, move, delete: remove, restore, deleteForEver } = endpoints
  const managing = [createFolder, copy, rename, move, remove, restore, deleteForEver]
  const sending = [upload, uploadBatch, startImport, beginUpload, ...managing]
  expect(told).toEqual(sending.map(({ path }) => path))
})

test('programs are told that an upload may have any content type: curl calls it a form', async () => {
  await using server = await startTestServer()
  const reply = await server.get('/api/v1/openapi.json', { key: null })
  expect(await reply.json()).toHaveProperty([
    'paths',
    endpoints.upload.path,
    'post',
    'requestBody',
    'content',
    '*/*',
  ])
})

test('fields that nobody knows yet are no fault', () => {
  const body = { status: 'ok', type: 'file', task_id: 'file_1', queue_position: 3 }
  assertMatchesOpenApi({ method: 'POST', path: '/api/v1/import', status: 200, body })
})

test('the reference for reading names every endpoint, code and scope, with curl for this address', async () => {
  await using server = await startTestServer({ config: { rateLimit: 7 } })
  const reply = await server.get('/docs/api', { key: null })
  const page = await reply.text()

  expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8')
  for (const { endpoint } of documentedEndpoints)
    expect(page).toContain(server.origin + endpoint.path.replace(':id', 'UPLOAD_ID'))
  for (const code of apiErrorCodes) expect(page).toContain(`<code>${code}</code>`)
  expect(page).toContain('A key may make 7 requests')
  expect(page).toContain('--data-binary @movie.mp4')
})

test('the reference runs no script, and its style sheet is its own', async () => {
  await using server = await startTestServer()
  const reply = await server.get('/docs/api', { key: null })
  const page = await reply.text()
  const style = await server.get('/docs/api.css', { key: null })

  expect(page).not.toMatch(/<script|<style| on\w+=| style=/i)
  expect(reply.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(style.status).toBe(200)
  expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8')
  expect(await style.text()).toContain('light-dark(')
})

test('an address with markup in it stays text', async () => {
  await using server = await startTestServer({ config: { publicUrl: 'http://x/"><b>' } })
  const page = await (await server.get('/docs/api', { key: null })).text()
  expect(page).not.toContain('"><b>')
})

test('in front of a service the reference has its commands for here, and says nothing that holds only without', async () => {
  const config = { upstream: 'https://service.example', rateLimit: 7 }
  await using gateway = await startTestServer({ config })
  await using own = await startTestServer()
  const pageOf = async (server: TestServer) =>
    await (await server.get('/docs/api', { key: null })).text()
  const [inFront, alone] = await Promise.all([pageOf(gateway), pageOf(own)])

  expect(inFront).toContain(`${gateway.origin}/api/v1/upload`)
  expect(inFront).toContain('stands in front of <code>https://service.example</code>')
  expect(inFront).toContain('A key may make 60 requests')
  // The control: each of them is told where it is so.
  for (const told of [
    './barkeep keys',
    'safe on the disk',
    '/upload/batch',
    `${own.origin}/share/`,
  ]) {
    expect(alone).toContain(told)
    expect(inFront).not.toContain(told.replace(own.origin, gateway.origin))
  }
})
