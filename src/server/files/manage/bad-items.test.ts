import { afterAll, beforeAll, expect, test } from 'vitest'
import { manageClient } from '#server/testing/manage-client.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'

// One server for all: whatever it refuses it must leave as it is, and that is looked at in the end.

let server: TestServer
let foreignTrash = ''
let before: unknown

const deep = Array.from({ length: 31 }, (_, index) => `d${index}`).join('/')
const long = [250, 255, 255, 255].map((bytes, index) => `${index}`.repeat(bytes)).join('/')

beforeAll(async () => {
  server = await startTestServer({ config: { rateLimit: 100_000 } })
  const at = manageClient(server)
  await at.upload('/top.txt')
  await at.upload('/A/a.txt')
  await at.upload('/A/b.txt')
  await at.upload('/A/B/C/c.txt')
  await at.upload('/To/a.txt')
  await at.createFolder(`/${deep}/`)
  await at.createFolder(`/${long}/`)
  const key = await server.keyWith({ username: 'bob' })
  const bob = manageClient(server, { key })
  await bob.upload('/Hers/secret.txt')
  const { results } = await bob.delete(['/Hers/secret.txt'])
  foreignTrash = results[0]?.trash_id ?? ''
  await bob.upload('/Hers/other.txt')
  before = await everything()
})

afterAll(() => server[Symbol.asyncDispose]())

async function everything() {
  const at = manageClient(server)
  const tree = await (await server.get('/api/v1/folders')).json()
  const lists = ['/', '/A/', '/A/B/C/', '/To/'].map((path) => at.list(path))
  return { tree, lists: await Promise.all(lists), trash: await at.trash() }
}

const rename = '/api/v1/files/rename'
const move = '/api/v1/files/move'
const copy = '/api/v1/files/copy'
const remove = '/api/v1/files/delete'
const create = '/api/v1/folders/create'
const restore = '/api/v1/trash/restore'
const purge = '/api/v1/trash/delete'
const many = Array.from({ length: 1_001 }, (_, index) => `/${index}`)

/** Not JSON of the right shape: what a stranger's program may send. */
const wrongTypes: unknown[] = [null, [], 'text', 7, true, {}]
const badNames = [
  '',
  '.',
  '..',
  'a/b',
  'a\\b',
  '\u0000',
  'a\nb',
  'x'.repeat(256),
  ' ',
  '\u202ea',
  '\ud800',
]
const badPaths = [
  '/a/../b/',
  '/./',
  '//',
  '/a//b/',
  '/a\\b/',
  `/${'x/'.repeat(33)}`,
  `/${'\u0001'}/`,
]

type Case = [what: string, path: string, body: unknown, status: number, code: string]

const cases: Case[] = [
  ...[rename, move, copy, remove, create, restore, purge].flatMap((path) =>
    wrongTypes.map((body): Case => [`${JSON.stringify(body)}`, path, body, 400, 'invalid_request']),
  ),
  // Names.
  ...badNames.map(
    (name): Case =>
      [
        `the name ${JSON.stringify(name).slice(0, 20)}`,
        ...[rename, { item: '/A/a.txt', name }, 400, 'invalid_request' as const],
      ] as Case,
  ),
  ...badNames
    .slice(1)
    .map(
      (name): Case =>
        [
          `the folder name ${JSON.stringify(name).slice(0, 20)}`,
          ...[create, { path: `/A/${name}//` }, 400, 'invalid_request' as const],
        ] as Case,
    ),
  ...[1, null, ['a'], {}].map(
    (name): Case => [
      `a name that is ${JSON.stringify(name)}`,
      rename,
      { item: '/A/a.txt', name },
      400,
      'invalid_request',
    ],
  ),
  // Paths.
  ...badPaths.flatMap((path): Case[] => [
    [`the path ${path.slice(0, 12)}`, create, { path }, 400, 'invalid_request'],
    [`to ${path.slice(0, 12)}`, move, { items: ['/A/a.txt'], to: path }, 400, 'invalid_request'],
    [`to ${path.slice(0, 12)}`, copy, { items: ['/A/a.txt'], to: path }, 400, 'invalid_request'],
    [`of ${path.slice(0, 12)}`, remove, { files_of: { path } }, 400, 'invalid_request'],
    [`the item ${path.slice(0, 12)}`, rename, { item: path, name: 'x' }, 400, 'invalid_request'],
  ]),
  ['the root', rename, { item: '/', name: 'x' }, 400, 'invalid_request'],
  ['no item', rename, { item: '', name: 'x' }, 400, 'invalid_request'],
  ['a file that is not there', rename, { item: '/A/none', name: 'x' }, 404, 'not_found'],
  ['a folder that is not there', rename, { item: '/None/', name: 'x' }, 404, 'not_found'],
  ['a file named as a folder', rename, { item: '/top.txt/', name: 'x' }, 404, 'not_found'],
  ['a folder named as a file', rename, { item: '/A', name: 'x' }, 404, 'not_found'],
  ['a taken name', rename, { item: '/A/a.txt', name: 'b.txt' }, 409, 'conflict'],
  ['a taken folder name', rename, { item: '/A/', name: 'To' }, 409, 'conflict'],
  [
    'a name that makes paths too long',
    rename,
    { item: `/${'0'.repeat(250)}/`, name: 'y'.repeat(255) },
    400,
    'invalid_request',
  ],
  ['a file of somebody else', rename, { item: '/Hers/other.txt', name: 'x' }, 404, 'not_found'],
  ['a folder of somebody else', rename, { item: '/Hers/', name: 'x' }, 404, 'not_found'],
  // Where they go.
  ...[move, copy].flatMap((path): Case[] => [
    ['to nowhere', path, { items: ['/A/a.txt'], to: '/None/' }, 404, 'not_found'],
    ['to a file', path, { items: ['/A/a.txt'], to: '/top.txt' }, 404, 'not_found'],
    ['to a folder of somebody else', path, { items: ['/A/a.txt'], to: '/Hers/' }, 404, 'not_found'],
    [
      'a choice that nobody knows',
      path,
      { items: ['/A/a.txt'], to: '/To/', on_conflict: 'merge' },
      400,
      'invalid_request',
    ],
    [
      'a choice that is no word',
      path,
      { items: ['/A/a.txt'], to: '/To/', on_conflict: 1 },
      400,
      'invalid_request',
    ],
    ['to what is no text', path, { items: ['/A/a.txt'], to: 7 }, 400, 'invalid_request'],
    [
      'the files of a folder that is not there',
      path,
      { files_of: { path: '/None/' }, to: '/To/' },
      404,
      'not_found',
    ],
    [
      'the files of somebody else',
      path,
      { files_of: { path: '/Hers/' }, to: '/To/' },
      404,
      'not_found',
    ],
  ]),
  [
    'the files of a folder into itself',
    copy,
    { files_of: { path: '/A/' }, to: '/A/' },
    400,
    'invalid_request',
  ],
  // What they name.
  ...[move, copy, remove].flatMap((path): Case[] => {
    const to = path === remove ? {} : { to: '/To/' }
    return [
      ['no items', path, { items: [], ...to }, 400, 'invalid_request'],
      ['more than 1,000 items', path, { items: many, ...to }, 400, 'invalid_request'],
      ['items that are no list', path, { items: '/A/a.txt', ...to }, 400, 'invalid_request'],
      ['an item that is no text', path, { items: [1], ...to }, 400, 'invalid_request'],
      ['an empty item', path, { items: [''], ...to }, 400, 'invalid_request'],
      [
        'an item longer than any path',
        path,
        { items: [`/${'x'.repeat(5_000)}`], ...to },
        400,
        'invalid_request',
      ],
      [
        'items and files of a folder',
        path,
        { items: ['/A/a.txt'], files_of: { path: '/A/' }, ...to },
        400,
        'invalid_request',
      ],
      [
        'an offset below 0',
        path,
        { files_of: { path: '/A/', offset: -1 }, ...to },
        400,
        'invalid_request',
      ],
      [
        'an offset that is no number',
        path,
        { files_of: { path: '/A/', offset: 'x' }, ...to },
        400,
        'invalid_request',
      ],
      [
        'an offset with a fraction',
        path,
        { files_of: { path: '/A/', offset: 0.5 }, ...to },
        400,
        'invalid_request',
      ],
      [
        'exceptions that are no list',
        path,
        { files_of: { path: '/A/', except: 'a.txt' }, ...to },
        400,
        'invalid_request',
      ],
    ]
  }),
  ...[restore, purge].flatMap((path): Case[] => [
    ['no ids', path, { ids: [] }, 400, 'invalid_request'],
    ['more than 1,000 ids', path, { ids: many }, 400, 'invalid_request'],
    ['ids that are no list', path, { ids: 'x' }, 400, 'invalid_request'],
    ['an empty id', path, { ids: [''] }, 400, 'invalid_request'],
    ['an id that is too long', path, { ids: ['x'.repeat(201)] }, 400, 'invalid_request'],
    ['an id that is no text', path, { ids: [{}] }, 400, 'invalid_request'],
  ]),
]

test.each(cases)('%s to %s is refused', async (_what, path, body, status, code) => {
  const reply = await server.post(path, body)
  const answer = (await reply.json()) as { code: string; message: string }
  expect([reply.status, answer.code]).toEqual([status, code])
  expect(answer.message.length).toBeGreaterThan(10)
})

type ItemCase = [item: string, to: string, code: string]

const itemCases: ItemCase[] = [
  ['/', '/To/', 'invalid_request'],
  ['/A/', '/A/', 'invalid_request'],
  ['/A/', '/A/B/', 'invalid_request'],
  ['/A/', '/A/B/C/', 'invalid_request'],
  ['/A/B/', '/A/B/C/', 'invalid_request'],
  ['/A/../top.txt', '/To/', 'invalid_request'],
  ['/A//a.txt', '/To/', 'invalid_request'],
  ['/A/\u0000', '/To/', 'invalid_request'],
  ['/A/..', '/To/', 'invalid_request'],
  [`/${'x'.repeat(256)}`, '/To/', 'invalid_request'],
  ['/none.txt', '/To/', 'not_found'],
  ['/A/none.txt', '/To/', 'not_found'],
  ['/None/', '/To/', 'not_found'],
  ['/None/a.txt', '/To/', 'not_found'],
  ['/A', '/To/', 'not_found'],
  ['/top.txt/', '/To/', 'not_found'],
  ['/a/a.txt', '/To/', 'not_found'],
  ['/Hers/other.txt', '/To/', 'not_found'],
  ['/Hers/', '/To/', 'not_found'],
  // It has three levels, and 31 are there.
  ['/A/', `/${deep}/`, 'invalid_request'],
  // A path of 1,024 bytes has no room for more.
  ['/A/', `/${long}/`, 'invalid_request'],
]

test.each(itemCases)('the item %s to %s is refused alone', async (item, to, code) => {
  for (const path of [move, copy]) {
    const reply = await server.post(path, { items: [item], to, on_conflict: 'replace' })
    expect(reply.status).toBe(200)
    const { results } = (await reply.json()) as { results: { message: string }[] }
    expect(results).toMatchObject([{ item, status: 'error', code }])
    expect(results[0]?.message.length).toBeGreaterThan(10)
  }
})

test.each(['/', '/A/..', '/A//a.txt', '/none', '/None/', '/Hers/', '/Hers/other.txt', '/A'])(
  'deleting %s is refused alone',
  async (item) => {
    const { results } = await manageClient(server).delete([item])
    expect(results).toMatchObject([{ item, status: 'error' }])
  },
)

test('what is in the trash of somebody else is not there', async () => {
  const at = manageClient(server)
  for (const path of [at.restore, at.deleteForEver]) {
    const { results } = await path([foreignTrash, 'nothing'])
    expect(results).toMatchObject([{ code: 'not_found' }, { code: 'not_found' }])
  }
  const bob = manageClient(server, { key: await server.keyWith({ username: 'bob' }) })
  expect((await bob.trash()).items).toMatchObject([{ id: foreignTrash, path: '/Hers/secret.txt' }])
})

test.each([rename, move, copy, remove, create, restore, purge])(
  'a key without the scope gets nothing from %s',
  async (path) => {
    const key = await server.keyWith({ username: 'owner', scopes: ['upload', 'import', 'read'] })
    const reply = await server.post(path, { items: ['/A/'], to: '/' }, { key })
    expect(reply.status).toBe(403)
    expect(await reply.json()).toMatchObject({ code: 'insufficient_scope' })
  },
)

test.each(['-1', 'x', '0.5', '1e3', ''])(
  'the trash from offset "%s" is refused',
  async (offset) => {
    const reply = await server.get(`/api/v1/trash?offset=${offset}`)
    expect(reply.status).toBe(400)
  },
)

test('and nothing of it changed anything', async () => {
  expect(await everything()).toEqual(before)
  expect(cases.length + itemCases.length).toBeGreaterThan(150)
})
