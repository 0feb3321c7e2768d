import { expect, test } from 'vitest'
import type { FolderPath } from '#contract/folder-path.ts'
import type { HeldItem } from './hold-transfer.ts'
import { type LeftOut, readDrop, refusedRequests } from './read-drop.ts'

const refuse = (_: unknown, reject: (error: Error) => void) => reject(new Error('no entry'))

function fileEntry(name: string, isReadable = true): FileSystemEntry {
  const file = (resolve: (file: File) => void) => resolve(new File(['x'], name))
  const entry = { name, isDirectory: false, isFile: true, file: isReadable ? file : refuse }
  return entry as unknown as FileSystemEntry
}

/** Hands out a hundred at a time, as browsers do; `failsAfter` batches it refuses. */
function folderEntry(name: string, children: FileSystemEntry[], failsAfter = Infinity) {
  const createReader = () => {
    let batches = 0
    return {
      readEntries(
        resolve: (batch: FileSystemEntry[]) => void,
        reject: (error: Error) => void,
      ): void {
        if (batches >= failsAfter) reject(new Error('no entries'))
        else resolve(children.slice(batches * 100, ++batches * 100))
      },
    }
  }
  return { name, isDirectory: true, isFile: false, createReader } as unknown as FileSystemEntry
}

type FakeHandle = { name: string; kind: string; children: FakeHandle[] }

function handleOf(name: string, children?: FakeHandle[]): FakeHandle {
  const find = (wanted: string) => {
    const child = children?.find((one) => one.name === wanted)
    if (!child) throw new TypeError('Name is not allowed.')
    return child
  }
  return Object.assign(
    { name, kind: children ? 'directory' : 'file', children: children ?? [] },
    {
      getFile: async () => new File(['handle'], name),
      getFileHandle: async (wanted: string) => find(wanted),
      getDirectoryHandle: async (wanted: string) => find(wanted),
      async *values() {
        yield* children ?? []
      },
    },
  )
}

function held(entry: FileSystemEntry | null, handle: FakeHandle | null = null): HeldItem {
  const known = handle as unknown as FileSystemHandle | null
  return { type: '', entry, file: null, handle: Promise.resolve(known) }
}

async function read(...items: HeldItem[]) {
  const { files, leftOut } = await readDrop(items)
  return { files: files.map(({ file, folders }) => folders + file.name), leftOut }
}

test('a folder of any size is read to its end, hundred by hundred', async () => {
  const many = Array.from({ length: 250 }, (_, index) => fileEntry(`${index}.jpg`))
  const inner = folderEntry('day 1', many)
  const { files, leftOut } = await read(held(folderEntry('Trip', [fileEntry('a.txt'), inner])))
  expect(files).toHaveLength(251)
  expect(files).toContain('Trip/a.txt')
  expect(files).toContain('Trip/day 1/249.jpg')
  expect(leftOut).toEqual([])
})

test('entries are believed where handles leave names out', async () => {
  const entry = folderEntry('Music', [fileEntry('Who?.mp3'), fileEntry('plain.mp3')])
  const handle = handleOf('Music', [handleOf('plain.mp3')])
  expect((await read(held(entry, handle))).files.sort()).toEqual([
    'Music/Who?.mp3',
    'Music/plain.mp3',
  ])
})

test('where entries fail handles go on, and nothing comes twice', async () => {
  const hundred = Array.from({ length: 100 }, (_, index) => fileEntry(`${index}.jpg`))
  const entry = folderEntry('Trip', [...hundred, fileEntry('last.jpg')], 1)
  const names = [...hundred.map(({ name }) => name), 'last.jpg']
  const { files, leftOut } = await read(
    held(entry, handleOf('Trip', [...names.map((name) => handleOf(name)), handleOf('in', [])])),
  )
  expect(files.sort()).toEqual(names.map((name) => `Trip/${name}`).sort())
  expect(leftOut).toEqual([{ name: 'in', folders: 'Trip/', why: 'empty folder' }])
})

test('a file whose entry fails is read by its handle, through the folders around it', async () => {
  const entry = folderEntry('Trip', [folderEntry('in', [fileEntry('a.txt', false)])])
  const handle = handleOf('Trip', [handleOf('in', [handleOf('a.txt')])])
  expect((await read(held(entry, handle))).files).toEqual(['Trip/in/a.txt'])
})

test('what cannot be read is told, with its place', async () => {
  const locked = folderEntry('locked', [], 0)
  const nameless = folderEntry('', [])
  const trip = folderEntry('Trip', [
    fileEntry('a.txt', false),
    locked,
    nameless,
    fileEntry('b.txt'),
  ])
  const brokenLink = { ...held(null), file: new File([], 'gone.txt') }
  expect(await read(held(trip), brokenLink)).toEqual({
    files: ['Trip/b.txt'],
    leftOut: [
      { name: 'a.txt', folders: 'Trip/', why: 'unreadable' },
      { name: 'locked', folders: 'Trip/', why: 'unreadable' },
      { name: '', folders: 'Trip/', why: 'unreadable' },
      { name: 'gone.txt', folders: '', why: 'unreadable' },
    ],
  })
})

test('a folder whose name is no text is not looked for in itself', async () => {
  const around: FileSystemEntry[] = []
  const trip = folderEntry('Trip', around)
  around.push(folderEntry('', around))
  expect((await read(held(trip))).leftOut).toEqual([
    { name: '', folders: 'Trip/', why: 'unreadable' },
  ])
})

const films = '/Films/' as FolderPath
const emptyFolder = (name: string): LeftOut => ({ name, folders: 'Trip/', why: 'empty folder' })

test('what stays behind gets a row with its name, its place and the reason', () => {
  const [unreadable, empty] = refusedRequests(
    [emptyFolder('later'), { name: 'a.txt', folders: 'Trip/', why: 'unreadable' }],
    films,
  )
  expect(unreadable).toMatchObject({ name: 'a.txt', folder: '/Films/Trip/' })
  expect(unreadable?.refusal).toEqual({ code: 'unreadable' })
  expect(empty).toMatchObject({ name: 'later', folder: '/Films/Trip/' })
  expect(empty?.refusal).toMatchObject({ code: 'empty_folders', count: 1 })
})

test('many empty folders are one row that names some', () => {
  const rows = refusedRequests(
    Array.from({ length: 1200 }, (_, index) => emptyFolder(`${index}`)),
    films,
  )
  const named = ['Trip/0', 'Trip/1', 'Trip/2', 'Trip/3', 'Trip/4']
  expect(rows).toMatchObject([{ name: '', folder: '/Films/', refusal: { count: 1_200, named } }])
})

test('a file whose name is no text is told too', () => {
  const [row] = refusedRequests([{ name: '', folders: 'Trip/', why: 'unreadable' }], films)
  expect(row).toMatchObject({ name: '', folder: '/Films/Trip/' })
})
