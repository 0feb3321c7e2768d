import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { expect, test, vi } from 'vitest'
import type { KeptUpload } from '#app/features/uploads/upload.ts'
import { openUploadJournal } from './upload-journal.ts'

function entries(count: number, prefix = 'file'): KeptUpload[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${prefix} ${index}`,
    name: `${index}.jpg`,
    folder: `/${'a long folder name/'.repeat(50)}`,
    size: index,
    lastModified: 1,
    idempotencyKey: `key ${index}`,
    notBefore: 7,
    mayHaveArrived: false,
  }))
}

const all = (some: readonly KeptUpload[]) => new Map(some.map((entry) => [entry.id, entry]))

/** One browser: its storage, and which of its pages are there. */
function browser() {
  vi.stubGlobal('indexedDB', new IDBFactory())
  const alive = new Set<string>()
  return {
    alive,
    async openPage(pageId: string, now = () => 1_000_000) {
      const show = async () => void alive.add(pageId)
      const claim = async (other: string) => other === pageId || !alive.has(other)
      const journal = await openUploadJournal('test', { pageId, show, claim }, now)
      const recover = async (keyId: string) => {
        const found: KeptUpload[] = []
        await journal.recover(keyId, (some) => found.push(...some))
        return found
      }
      return { ...journal, recover }
    },
  }
}

test('more uploads with long paths than web storage holds are remembered, in their order', async () => {
  const { alive, openPage } = browser()
  const many = entries(6_000)
  await (await openPage('one')).keep('k', all(many))
  alive.clear()
  expect(await (await openPage('two')).recover('k')).toMatchObject(many)
})

test('what ends is no longer kept, what changes is kept as it is now', async () => {
  const { alive, openPage } = browser()
  const page = await openPage('one')
  const [a, b, c] = entries(3) as [KeptUpload, KeptUpload, KeptUpload]
  await page.keep('k', all([a, b]))
  const again = all([{ ...b, idempotencyKey: 'another' }, c])
  await page.keep('k', new Map<string, KeptUpload | null>([[a.id, null], ...again]))
  alive.clear()
  const found = await (await openPage('two')).recover('k')
  expect(found.map(({ id, idempotencyKey }) => [id, idempotencyKey])).toEqual([
    [b.id, 'another'],
    [c.id, c.idempotencyKey],
  ])
})

test('the uploads of a page that lives are nobody else’s', async () => {
  const { alive, openPage } = browser()
  const one = await openPage('one')
  await one.keep('k', all(entries(2)))
  const copy = await openPage('copy')
  expect(await copy.recover('k')).toEqual([])
  await copy.keep('k', all(entries(1, 'other')))
  alive.delete('one')
  expect(await (await openPage('three')).recover('k')).toHaveLength(2)
})

test('what was taken over is written down until it ends here', async () => {
  const { alive, openPage } = browser()
  await (await openPage('one')).keep('k', all(entries(3)))
  alive.clear()
  const two = await openPage('two')
  const found = await two.recover('k')
  await two.keep('k', new Map([[found[0]?.id ?? '', null]]))
  alive.clear()
  expect(await (await openPage('three')).recover('k')).toHaveLength(2)
})

test('another key of the account takes what is written down along', async () => {
  const { alive, openPage } = browser()
  const one = await openPage('one')
  await one.keep('k', all(entries(2)))
  await one.keep('k2', all(entries(2)))
  alive.clear()
  const two = await openPage('two')
  expect(await two.recover('k')).toEqual([])
  expect(await two.recover('k2')).toHaveLength(2)
})

test('after a week nobody has the files at hand any more', async () => {
  const { alive, openPage } = browser()
  await (await openPage('one')).keep('k', all(entries(2)))
  alive.clear()
  const later = () => 1_000_000 + 8 * 86_400_000
  expect(await (await openPage('two', later)).recover('k')).toEqual([])
  expect(await (await openPage('three')).recover('k')).toEqual([])
})

test('a batch that does not fit costs the others nothing, and is told', async () => {
  const { alive, openPage } = browser()
  const one = await openPage('one')
  const { transaction: begin } = IDBDatabase.prototype
  let writes = 0
  const spy = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (
    this: IDBDatabase,
    ...args
  ) {
    const begun = begin.apply(this, args)
    if (args[1] === 'readwrite') writes += 1
    // What a browser does where there is no room left.
    if (writes === 2) queueMicrotask(() => begun.abort())
    return begun
  })
  await expect(one.keep('k', all(entries(1_200)))).rejects.toThrow()
  spy.mockRestore()
  alive.clear()
  expect(await (await openPage('two')).recover('k')).toHaveLength(700)
})

test('what was dropped is kept as long as an upload needs it, over reloads', async () => {
  const { alive, openPage } = browser()
  const first = await openPage('first')
  // A handle of Chromium's can be stored as it is; so can this.
  const sources = ['trip', 'other'].map((id) => ({
    id,
    handle: { kind: 'directory', name: id } as FileSystemHandle,
  }))
  await first.keepSources('key', sources)
  const uploads = entries(2).map((entry) => ({ ...entry, handleId: 'trip' }))
  await first.keep('key', all(uploads))
  const beside = await openPage('beside')
  expect(await beside.recover('key')).toEqual([])
  expect(await beside.findSource('trip')).toEqual({ kind: 'directory', name: 'trip' })

  alive.delete('first')
  const second = await openPage('second')
  expect((await second.recover('key')).map(({ handleId }) => handleId)).toEqual(['trip', 'trip'])
  expect(await second.findSource('trip')).toEqual({ kind: 'directory', name: 'trip' })
  expect(await second.findSource('other')).toBe(null)
  await second.forget()
  expect(await second.findSource('trip')).toBe(null)
})

test('a journal of before, without a place for what was dropped, opens with its uploads', async () => {
  const { openPage } = browser()
  const { openDB } = await import('idb')
  const old = await openDB('test', 1, {
    upgrade(database) {
      const store = database.createObjectStore('uploads', { keyPath: 'id' })
      store.createIndex('page', ['keyId', 'pageId'])
    },
  })
  const [entry] = entries(1)
  await old.put('uploads', { ...entry, keyId: 'key', pageId: 'gone', order: 999_999 })
  old.close()
  const page = await openPage('new')
  expect((await page.recover('key')).map(({ id }) => id)).toEqual(['file 0'])
  expect(await page.findSource('trip')).toBe(null)
})
