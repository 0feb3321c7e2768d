import { afterAll, beforeAll, expect, test } from 'vitest'
import { manageClient } from '#server/testing/manage-client.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { openBeside } from '#server/testing/test-store.ts'

// One server for all: what it refuses must leave no trace, and that is looked at in the end.

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ config: { rateLimit: 100_000 } })
  await manageClient(server).upload('/A/a.txt')
  const key = await server.keyWith({ username: 'bob' })
  await manageClient(server, { key }).upload('/Hers/secret.txt')
})

afterAll(() => server[Symbol.asyncDispose]())

const path = '/api/v1/archive'
const many = Array.from({ length: 1_001 }, (_, index) => `/${index}`)
const ok = ['/A/a.txt']

type Case = [what: string, body: unknown, status: number, code: string]

const badItems = ['/A/../A/a.txt', '/A//a.txt', '/A/\u0000', '/A/..', '..', '//', '/A\\a.txt']
const absent = ['/none.txt', '/None/', '/A/none.txt', '/A', '/A/a.txt/', '/a/', '/Hers/', 'Hers/']
const badNames = ['', '.', '..', 'a/b', 'a\\b', '\u0000', 'a\nb', ' ', '\u202ea', '\ud800', 7, {}]

const cases: Case[] = [
  ...[null, [], 'text', 7, true, {}].map(
    (body): Case => [`the body ${JSON.stringify(body)}`, body, 400, 'invalid_request'],
  ),
  ['no items', { items: [] }, 400, 'invalid_request'],
  ['more than 1,000 items', { items: many }, 400, 'invalid_request'],
  ['items that are no list', { items: '/A/' }, 400, 'invalid_request'],
  ['an item that is no text', { items: [1] }, 400, 'invalid_request'],
  ['an empty item', { items: [''] }, 400, 'invalid_request'],
  ['an item longer than any path', { items: [`/${'x'.repeat(5_000)}`] }, 400, 'invalid_request'],
  ['a name that is too long', { items: [`/${'x'.repeat(256)}`] }, 400, 'invalid_request'],
  ['a good item beside a bad one', { items: [...ok, '/A/..'] }, 400, 'invalid_request'],
  ['a good item beside one that is gone', { items: [...ok, '/b.txt'] }, 404, 'not_found'],
  ...badItems.map(
    (item): Case => [`the item ${JSON.stringify(item)}`, { items: [item] }, 400, 'invalid_request'],
  ),
  ...absent.map((item): Case => [`the item ${item}`, { items: [item] }, 404, 'not_found']),
  ...badNames.map(
    (name): Case => [
      `the name ${JSON.stringify(name)}`,
      { items: ok, name },
      400,
      'invalid_request',
    ],
  ),
  ['files of nothing', { files_of: null }, 400, 'invalid_request'],
  ['files of what is no object', { files_of: '/A/' }, 400, 'invalid_request'],
  ['files of a bad path', { files_of: { path: '/A/../' } }, 400, 'invalid_request'],
  ['files of a path that is no text', { files_of: { path: 1 } }, 400, 'invalid_request'],
  ['files of a folder that is not there', { files_of: { path: '/None/' } }, 404, 'not_found'],
  ['files of somebody else', { files_of: { path: '/Hers/' } }, 404, 'not_found'],
  ['exceptions that are no list', { files_of: { except: 'a' } }, 400, 'invalid_request'],
  ['an exception that is no text', { files_of: { except: [1] } }, 400, 'invalid_request'],
  ['too many exceptions', { files_of: { except: many } }, 400, 'invalid_request'],
]

test.each(cases)('%s is refused', async (_what, body, status, code) => {
  const reply = await server.post(path, body)
  const answer = (await reply.json()) as { code: string; message: string }
  expect([reply.status, answer.code]).toEqual([status, code])
  expect(answer.message.length).toBeGreaterThan(10)
})

test('what is no JSON, or much too long, is refused', async () => {
  const headers = { 'content-type': 'application/json' }
  const send = async (body: string) =>
    (await server.request(path, { method: 'POST', body, headers })).status
  expect(await send('{"items":["/A/"')).toBe(400)
  expect(await send('')).toBe(400)
  expect(await send(JSON.stringify({ items: ['x'.repeat(8_000_000)] }))).toBe(413)
  expect((await server.get(path)).status).toBe(404)
})

test('a key needs the scope read, and no other', async () => {
  const without = await server.keyWith({ scopes: ['upload', 'import', 'manage'] })
  const refused = await server.post(path, { items: ok }, { key: without })
  expect(refused.status).toBe(403)
  expect(await refused.json()).toMatchObject({ code: 'insufficient_scope' })
  expect((await server.post(path, { items: ok }, { key: null })).status).toBe(401)
})

test('and nothing of it left a trace', async () => {
  expect(cases.length).toBeGreaterThan(40)
  await using database = await openBeside(server)
  expect(await database.selectFrom('archive').select('token').execute()).toEqual([])
  expect(await database.selectFrom('archive_page').select('token').execute()).toEqual([])
})
