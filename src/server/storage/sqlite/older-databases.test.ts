import { randomUUID } from 'node:crypto'
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { filesReply, foldersReply } from '#contract/files.ts'
import { searchReply } from '#contract/search.ts'
import { sharesReply } from '#contract/shares.ts'
import { makeOldDatabase } from '#server/testing/old-database.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { databaseFile } from './open-sqlite.ts'

/** Enough for more than two marks. */
const many = Array.from({ length: 9_000 }, (_, index) => `file ${String(index).padStart(5, '0')}`)
const offsets = [0, 3_999, 4_000, 4_001, 8_000, 8_990]

/** Rows as the versions wrote that named folders by their paths. */
function fillOldDatabase(file: string, format: number, blobId: string): void {
  using old = new DatabaseSync(file)
  const addUser = old.prepare(
    `insert into user (id, name, email, username, plan, createdAt, updatedAt) values (?, ?, ?, ?, 'pro', '', '')`,
  )
  for (const name of ['owner', 'bob']) addUser.run(`user-${name}`, name, `${name}@x`, name)
  const requested = format >= 6 ? 'requested' : 'asked'
  const addFile = old.prepare(
    `insert into file (id, user_id, folder, name, ${requested}_name, folded_name, size, sha256, blob_id, tracking_id, uploaded_at)
     values (?, ?, ?, ?, ?, ?, 5, ?, ?, ?, 1750000000000)`,
  )
  const add = (owner: string, folder: string, name: string, blob: string = randomUUID()) => {
    const id = `${owner}${folder}${name}`
    addFile.run(id, `user-${owner}`, folder, name, name, name.toLowerCase(), '00', blob, id)
  }
  const addFolder = old.prepare('insert into folder values (?, ?, ?, ?, ?)')
  old.exec('begin')
  for (const owner of ['owner', 'bob']) {
    for (const [path, parent, name] of [
      ['/Films/', '/', 'Films'],
      ['/Films/2026/', '/Films/', '2026'],
      ['/many/', '/', 'many'],
    ] as const) {
      addFolder.run(`user-${owner}`, path, parent, name, name.toLowerCase())
    }
  }
  for (const index of many.keys()) {
    // The same disorder each time.
    add('owner', '/many/', many[(index * 7919) % many.length] ?? '')
  }
  for (const name of ['photo 10', 'photo 2', 'top.txt']) add('owner', '/', name)
  add('owner', '/Films/2026/', 'whole.txt', blobId)
  add('bob', '/Films/2026/', 'his.txt')
  // Its folder has no row: somebody wrote it by hand.
  add('bob', '/by/hand/', 'lost.txt')
  old.exec('commit')
}

test.each([1, 2, 5, 7])(
  'a database of format %i keeps files, folders, pages and links',
  async (format) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-older-'))
    await makeOldDatabase(databaseFile(folder.path), format)
    const blobId = randomUUID()
    fillOldDatabase(databaseFile(folder.path), format, blobId)
    const shard = join(folder.path, 'blobs', blobId.slice(0, 2))
    await mkdir(shard, { recursive: true })
    await writeFile(join(shard, blobId), 'bytes')

    // The other files have no bytes, which is no matter here: the owner accepts it.
    const config = { dataFolder: folder.path, rateLimit: 1_000 }
    const accepted = await startTestServer({ config }).then(
      () => null,
      (error: Error) => /BARKEEP_ACCEPT=([0-9a-f]{8})/.exec(error.message)?.[1] ?? null,
    )
    await using server = await startTestServer({ config: { ...config, accepted } })
    const pageOf = async (path: string, offset = 0, key = server.key) => {
      const query = new URLSearchParams({ path, offset: String(offset), limit: '50' })
      return filesReply.parse(await (await server.get(`/api/v1/files?${query}`, { key })).json())
    }
    for (const offset of offsets) {
      const { files, total } = await pageOf('/many/', offset)
      expect(files.map(({ name }) => name)).toEqual(many.slice(offset, offset + 50))
      expect(total).toBe(many.length)
    }
    const root = await pageOf('/')
    expect(root.folders).toEqual(['Films', 'many'])
    expect(root.files.map(({ name }) => name)).toEqual(['photo 2', 'photo 10', 'top.txt'])
    const found = await (await server.get('/api/v1/search?q=HOLE')).json()
    expect(searchReply.parse(found).items).toMatchObject([{ path: '/Films/2026/whole.txt' }])
    const { tree } = foldersReply.parse(await (await server.get('/api/v1/folders')).json())
    expect(tree.folders).toMatchObject([
      { path: '/Films/', folders: [{ path: '/Films/2026/', folders: [] }] },
      { path: '/many/', folders: [] },
    ])
    const link = `/share/${encodeURIComponent('owner/Films/2026/whole.txt')}/whole.txt`
    expect(await (await server.get(link, { key: null })).text()).toBe('bytes')

    const links = await (await server.get('/api/v1/shares')).json()
    expect(sharesReply.parse(links).shares).toEqual([])

    const bob = await server.keyWith({ username: 'bob' })
    expect((await pageOf('/Films/2026/', 0, bob)).files).toMatchObject([{ name: 'his.txt' }])
    expect((await pageOf('/by/hand/', 0, bob)).files).toMatchObject([{ name: 'lost.txt' }])

    // The marks go on counting.
    await server.upload({ name: 'a new file', folder: '/many/', bytes: 'new' })
    expect((await pageOf('/many/', 4_000)).files[0]?.name).toBe(many[3_999])
  },
)
