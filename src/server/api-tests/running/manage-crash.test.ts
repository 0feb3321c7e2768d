import { createHash, randomUUID } from 'node:crypto'
import { mkdtempDisposable, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFailed, test, vi } from 'vitest'
import { type FilesPage, filesReply } from '#contract/files.ts'
import { type ItemsReply, itemsReply, trashReply } from '#contract/manage.ts'
import { databaseFile } from '#server/storage/sqlite/open-sqlite.ts'
import { startServerProcess } from '#server/testing/test-server-process.ts'
import { blobPaths } from '#server/testing/test-store.ts'

const names = Array.from({ length: 450 }, (_, index) => `${index}.txt`)

type At = { origin: string; key: string }

async function ask(at: At, path: string, init: RequestInit = {}): Promise<unknown> {
  const headers = { authorization: `Bearer ${at.key}`, ...init.headers }
  return await (await fetch(`${at.origin}/api/v1/${path}`, { ...init, headers })).json()
}

async function change(at: At, path: string, body: object): Promise<ItemsReply> {
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'POST', body: JSON.stringify(body), headers }
  return itemsReply.parse(await ask(at, path, init))
}

/** Files whose bytes are their names. */
async function fill(at: At, path: string, files: string[]): Promise<void> {
  const body = new FormData()
  for (const name of files) body.append('file', new Blob([name]), name)
  await ask(at, `upload/batch?path=${path}`, { method: 'POST', body })
}

async function list(at: At, path: string): Promise<Pick<FilesPage, 'folders' | 'files'>> {
  const reply = filesReply.safeParse(await ask(at, `files?limit=1000&path=${path}`))
  return reply.success ? reply.data : { folders: [], files: [] }
}

/** What each does over and over until the server is gone. */
const workers: ((at: At, round: number) => Promise<void>)[] = [
  async (at) => {
    await change(at, 'files/move', { items: ['/left/m/'], to: '/right/' })
    await change(at, 'files/move', { items: ['/right/m/'], to: '/left/' })
    await change(at, 'files/copy', { items: ['/small/'], to: '/right/', on_conflict: 'replace' })
  },
  (at) => change(at, 'files/copy', { items: ['/tree/'], to: '/copies/' }).then(() => {}),
  async (at) => {
    const { results } = await change(at, 'files/delete', { items: ['/t/'] })
    const ids = results.map(({ trash_id }) => trash_id ?? 'none')
    await change(at, 'trash/restore', { ids })
  },
  async (at, round) => {
    await fill(at, `/gone-${round}/in/`, names.slice(0, 40))
    const { results } = await change(at, 'files/delete', { items: [`/gone-${round}/`] })
    await change(at, 'trash/delete', { ids: results.map(({ trash_id }) => trash_id ?? 'none') })
  },
]

async function untilGone(work: () => Promise<void>): Promise<void> {
  for (;;) {
    const isGone = await work().then(
      () => false,
      () => true,
    )
    if (isGone) return
  }
}

/** From 0 to 1 for each round. A failure prints the seed: put it here to have its moments again. */
function randomMoments(): (round: number) => number {
  const seed = randomUUID() as string
  onTestFailed(() => void process.stderr.write(`seed of the moments: ${seed}\n`))
  return (round) =>
    createHash('sha256').update(`${seed} ${round}`).digest().readUInt32BE() / 2 ** 32
}

test('kill -9 at any moment leaves nothing half moved, copied, deleted or restored', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-manage-crash-'))
  const settings = { BARKEEP_DATA: folder.path, BARKEEP_RATE_LIMIT: '1000000' }
  const momentOf = randomMoments()
  let key = ''

  for (let round = 0; round < 5; round += 1) {
    await using server = startServerProcess(settings)
    const at = { origin: await server.origin, key }
    if (round === 0) {
      key = await server.firstKey
      at.key = key
      const filled = [
        ['/tree/deep/', names],
        ['/left/m/in/', names.slice(0, 5)],
        ['/t/in/', names.slice(0, 9)],
        ['/small/in/', names.slice(0, 7)],
        ['/right/', ['keep']],
        ['/copies/', ['keep']],
      ] as const
      for (const [path, files] of filled) await fill(at, path, [...files])
    }
    const done = workers.map((worker) => untilGone(() => worker(at, round)))
    await pause(200 + momentOf(round) * 1_500)
    await server.end('SIGKILL')
    await Promise.all(done)
  }

  await using server = startServerProcess(settings)
  const at = { origin: await server.origin, key }
  const has = async (path: string) => (await list(at, path)).files.map(({ name }) => name).sort()

  // One place, and all of it.
  const places = await Promise.all(['/left/', '/right/'].map((path) => list(at, path)))
  const holding = ['left', 'right'].filter((_, index) => places[index]?.folders.includes('m'))
  expect(holding).toHaveLength(1)
  expect(await has(`/${holding[0]}/m/in/`)).toEqual(names.slice(0, 5).sort())
  if (places[1]?.folders.includes('small')) {
    expect(await has('/right/small/in/')).toEqual(names.slice(0, 7).sort())
  }

  // In the tree or in the trash.
  const trash = trashReply.parse(await ask(at, 'trash'))
  const deleted = trash.items.filter(({ path }) => path.startsWith('/t'))
  const there = (await list(at, '/')).folders.filter((name) => /^t( |$)/.test(name))
  expect(deleted.length + there.length).toBe(1)
  if (deleted[0]) await change(at, 'trash/restore', { ids: [deleted[0].id] })
  expect(await has('/t/in/')).toEqual(names.slice(0, 9).sort())

  // Each copy is whole.
  for (const name of (await list(at, '/copies/')).folders) {
    expect(await has(`/copies/${encodeURIComponent(name)}/deep/`), name).toEqual(names.toSorted())
  }
  for (const file of (await list(at, '/tree/deep/')).files) {
    const reply = await fetch(file.link.replace(/^.*(?=\/share)/, at.origin))
    expect(await reply.text()).toBe(file.name)
  }

  // What was begun is swept, and only that: no bytes were mistaken for a lost file's.
  using database = new DatabaseSync(databaseFile(folder.path), { readOnly: true })
  const count = (query: string) => Number(Object.values(database.prepare(query).get() ?? {})[0])
  await vi.waitFor(
    () => {
      expect(count(`select count(*) from trash where state <> 'kept'`)).toBe(0)
      expect(count('select count(*) from doomed_blob')).toBe(0)
    },
    { timeout: 60_000, interval: 100 },
  )
  const hanging = `select count(*) from folder where parent_id is null
    and id not in (select folder_id from trash where folder_id is not null)`
  expect(count(hanging)).toBe(0)
  const blobs = count('select count(distinct blob_id) from file')
  expect(await blobPaths({ dataFolder: folder.path })).toHaveLength(blobs)
  const setAside = await readdir(join(folder.path, 'lost+found')).catch(() => [])
  expect(setAside.filter((name) => !name.endsWith('-unfinished'))).toEqual([])
}, 300_000)
