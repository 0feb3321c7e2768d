import { expect, test, vi } from 'vitest'
import type { ApiClient } from '#app/api/http/client.ts'
import type { UploadRequest } from '#app/features/uploads/upload.ts'
import { ManualClock, settle } from '#app/testing/manual-clock.ts'
import { first, requestFor, sent, uploadWorld } from '#app/testing/upload-world.ts'
import type { ListedFile } from '#contract/files.ts'
import { BringUploads, type Brought } from './bring-uploads.ts'

async function sha256Of(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

type Stored = { text: string; uploadedAt?: string; hidesSha256?: boolean }

/** A queue, and a server with these files in `/Films/`. */
function world(stored: Record<string, Stored> = {}, { canManage = true } = {}) {
  const clock = new ManualClock()
  const uploads = uploadWorld()
  const replaced: string[] = []
  const made: string[] = []
  const ends: Brought[] = []
  uploads.queue.connect(
    uploads.connection({
      async replaceBy({ file_name }, name) {
        replaced.push(`${file_name} for ${name}`)
      },
    }),
  )
  const files = Object.entries(stored).map(
    ([name, { text, uploadedAt = '2026-11-29T10:00:00Z' }]) => ({
      ...{ name, size: text.length, link: `https://s.example/${name}`, uploaded_at: uploadedAt },
    }),
  )
  let looks = 0
  const client = {
    async call() {
      looks += 1
      return { files, next_offset: files.length, has_more: false }
    },
  } as unknown as ApiClient
  const bringing = new BringUploads({
    queue: uploads.queue,
    clock,
    onEnd: (brought) => ends.push(brought),
    getServer: () => ({
      ...{ client, canLook: true, canReplace: canManage, clockAheadMs: 0 },
      readAdditions: async () => ['limit'],
      readTree: async () => null,
      createFolder: canManage ? async (path) => void made.push(path) : null,
    }),
    compare: {
      async readSha256({ name }: ListedFile) {
        const file = stored[name]
        if (!file || file.hidesSha256) return null
        return await sha256Of(file.text)
      },
    },
  })
  const question = () => bringing.getSnapshot().question
  return { ...uploads, clock, bringing, replaced, made, ends, question, looks: () => looks }
}

const file = (name: string, text: string, lastModified = 0): UploadRequest => ({
  ...{ file: new File([text], name, { lastModified }), folder: '/Films/', name },
})
const inFolder = (path: string): UploadRequest => {
  const name = path.split('/').at(-1) ?? ''
  return { ...requestFor(name), folder: `/${path.slice(0, -name.length)}`, path }
}
const many = () => Array.from({ length: 6 }, (_, index) => requestFor(`${index}`))

test('more than a handful waits five seconds, listed and looked for meanwhile', async () => {
  const { bringing, tries, states, clock, looks } = world()
  void bringing.bring(many())
  await settle()
  expect(states()).toHaveLength(6)
  expect(bringing.getSnapshot().coming).toMatchObject({ files: 6, folder: '/Films/' })
  await clock.advance(4_999)
  await settle()
  expect([looks(), tries.length]).toEqual([1, 0])
  await clock.advance(1)
  await settle()
  expect([looks(), tries.length]).toEqual([1, 3])
  expect(bringing.getSnapshot().coming).toBe(null)
})

test('taken back, nothing of it was ever sent or is listed', async () => {
  const { bringing, tries, states, clock } = world()
  void bringing.bring([inFolder('Trip/a'), inFolder('Trip/b')])
  await settle()
  bringing.undo()
  await settle()
  await clock.advance(10_000)
  expect([states(), tries]).toEqual([[], []])
})

test('a handful starts at once, and so does what a person does not want to wait for', async () => {
  const { bringing, tries } = world()
  await bringing.bring([requestFor('a'), requestFor('b')])
  expect(tries).toHaveLength(2)
  const other = world()
  void other.bringing.bring([inFolder('Trip/a')])
  await settle()
  expect(other.tries).toHaveLength(0)
  other.bringing.sendNow()
  await settle()
  expect(other.tries).toHaveLength(1)
})

test('what comes next sends what waits, and can be taken back alone', async () => {
  const { bringing, states, clock } = world()
  void bringing.bring([inFolder('One/a')])
  await settle()
  void bringing.bring([inFolder('Two/b')])
  await settle()
  expect(bringing.getSnapshot().coming).toMatchObject({ folder: '/Two/' })
  bringing.undo()
  await settle()
  await clock.advance(10_000)
  expect(states()).toEqual(['a waiting'])
})

test('the same name, size and bytes are there already; other bytes are asked about', async () => {
  const { bringing, states, row, question, ends } = world({
    same: { text: 'abc' },
    other: { text: 'abd' },
  })
  const bringingAll = bringing.bring([file('same', 'abc', 9e12), file('other', 'abc')])
  await vi.waitFor(() => expect(question()).not.toBe(null), 30_000)
  expect(row('same')).toMatchObject({ state: 'done', note: 'already_there' })
  expect(question()).toMatchObject({ clash: { listed: { name: 'other' } }, others: 0 })
  bringing.answer('skip', false)
  await bringingAll
  expect(states()).toEqual(['same done'])
  expect(ends).toEqual([{ already: 1, skipped: 1, systemFiles: [], folders: 0 }])
})

test('without a SHA-256 a file is the same if it was not changed since that one came', async () => {
  const uploadedAt = '2026-11-29T10:00:00Z'
  const { bringing, row, question } = world({
    old: { text: 'abc', uploadedAt, hidesSha256: true },
    changed: { text: 'abc', uploadedAt, hidesSha256: true },
  })
  const at = Date.parse(uploadedAt)
  void bringing.bring([file('old', 'xyz', at - 1_000), file('changed', 'xyz', at + 1_000)])
  await vi.waitFor(() => expect(question()).not.toBe(null), 30_000)
  expect(row('old').note).toBe('already_there')
  expect(question()?.clash.job.name).toBe('changed')
})

test('names that are taken are answered for one by one, or for all', async () => {
  const stored = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, { text: 'other' }]))
  const { bringing, states, question, tries, replaced, row } = world(stored)
  const all = bringing.bring(['a', 'b', 'c', 'd'].map((name) => file(name, 'new')))
  await settle()
  expect(question()).toMatchObject({ others: 3, canReplace: true })
  bringing.answer('keep both', false)
  await settle()
  expect(question()).toMatchObject({ clash: { job: { name: 'b' } }, others: 2 })
  bringing.answer('skip', false)
  await settle()
  bringing.answer('replace', true)
  await all
  await settle()
  expect(question()).toBe(null)
  expect(states()).toEqual(['a waiting', 'c waiting', 'd waiting'])
  for (const one of tries) {
    const outcome = sent(one.send)
    if (outcome.outcome === 'sent') outcome.reply.file_name = `${one.send.name} (2)`
    one.begin()
    await one.end(outcome)
  }
  expect(replaced).toEqual(['c (2) for c', 'd (2) for d'])
  expect(row('c')).toMatchObject({ note: 'replaced', arrived: { file_name: 'c' } })
  expect(row('a')).toMatchObject({ note: null, arrived: { file_name: 'a (2)' } })
})

test('names that differ in case are two names, those that differ in form are one', async () => {
  const { bringing, question, tries } = world({ 'Cafe\u0301': { text: 'other' }, A: { text: 'x' } })
  void bringing.bring([file('Caf\u00e9', 'new'), file('a', 'new')])
  await settle()
  expect(question()?.clash.job.name).toBe('Caf\u00e9')
  expect(tries.map(({ send }) => send.name)).toEqual(['a'])
})

test('system files of a folder stay behind and are said; one that is meant goes', async () => {
  const { bringing, states, ends, clock } = world()
  const bringingAll = bringing.bring(
    ['Trip/a', 'Trip/.DS_Store', 'Trip/sub/._a', 'Trip/Thumbs.db'].map(inFolder),
  )
  await settle()
  expect(bringing.getSnapshot().coming?.systemFiles).toEqual(['.DS_Store', '._a', 'Thumbs.db'])
  await clock.advance(5_000)
  await bringingAll
  expect(states()).toEqual(['a waiting'])
  expect(first(ends).systemFiles).toHaveLength(3)
  await bringing.bring([requestFor('.DS_Store')])
  expect(states()).toContain('.DS_Store waiting')

  const along = world()
  const all = along.bringing.bring([inFolder('Trip/a'), inFolder('Trip/desktop.ini')])
  await settle()
  along.bringing.sendSystemFiles()
  along.bringing.sendNow()
  await all
  expect(along.states()).toEqual(['a waiting', 'desktop.ini waiting'])
  expect(first(along.ends).systemFiles).toEqual([])
})

test('empty folders are made where the server can, and said where it cannot', async () => {
  const empty = (): UploadRequest => ({
    ...{ file: new File([], ''), name: '', folder: '/Films/' },
    refusal: {
      ...{ code: 'empty_folders', count: 2, named: ['One', 'Two'] },
      paths: ['/Films/One/', '/Films/Two/'],
    },
  })
  const { bringing, made, ends, states } = world()
  await bringing.bring([requestFor('a'), empty()])
  expect(made).toEqual(['/Films/One/', '/Films/Two/'])
  expect(first(ends).folders).toBe(2)
  expect(states()).toEqual(['a waiting'])

  const other = world({}, { canManage: false })
  await other.bringing.bring([empty()])
  expect(other.states()).toEqual([' failed'])
})
