import { expect, test } from 'vitest'
import { utf8Length } from './file-name.ts'
import {
  childFolder,
  type FolderPath,
  folderName,
  folderSegments,
  folderTrail,
  parentFolder,
  parseFolderPath,
  parseNewFolderPath,
  rootFolder,
} from './folder-path.ts'

function folder(text: string): FolderPath {
  const parsed = parseFolderPath(text)
  if (!parsed.ok) throw new Error(parsed.rule)
  return parsed.value
}

const paths: [given: string, path: string][] = [
  ['', '/'],
  ['/', '/'],
  ['/Films/', '/Films/'],
  ['Films', '/Films/'],
  ['/Films', '/Films/'],
  ['Films/', '/Films/'],
  ['/Films/2026/', '/Films/2026/'],
  ['/ Films /', '/ Films /'],
  ['/.hidden/', '/.hidden/'],
  ['/.../', '/.../'],
  ['/100%25/', '/100%25/'],
  ['/a?b#c/', '/a?b#c/'],
  // One spelling for each name: composed and decomposed letters are the same folder.
  ['/Cafe\u0301/', '/Café/'],
  ['/映画/🎬/', '/映画/🎬/'],
  [`/${'d/'.repeat(32)}`, `/${'d/'.repeat(32)}`],
  [`/${'a'.repeat(255)}/`, `/${'a'.repeat(255)}/`],
]

test.each(paths)('the folder %j is read as %j', (given, path) => {
  expect(parseFolderPath(given)).toEqual({ ok: true, value: path })
})

test.each(paths)('reading %j twice changes nothing more', (given) => {
  const once = folder(given)
  expect(folder(once)).toBe(once)
})

const refusals: [given: string, rule: RegExp][] = [
  ['//', /must not be empty/],
  ['/Films//2026/', /must not be empty/],
  ['//Films/', /must not be empty/],
  ['/Films//', /must not be empty/],
  ['.', /"\." or "\.\."/],
  ['..', /"\." or "\.\."/],
  ['/Films/../', /"\." or "\.\."/],
  ['/./Films/', /"\." or "\.\."/],
  ['../../etc', /"\." or "\.\."/],
  ['/Films\\2026/', /must not contain "\/" or "\\"/],
  ['/a\u0000b/', /control characters/],
  ['/a\nb/', /control characters/],
  ['/a\u007fb/', /control characters/],
  ['/a\u0085b/', /control characters/],
  ['/\ud800/', /valid Unicode/],
  [`/${'a'.repeat(256)}/`, /at most 255 bytes/],
  [`/${'é'.repeat(128)}/`, /at most 255 bytes/],
  [`/${'d/'.repeat(33)}`, /at most 32 levels/],
  [`/${`${'a'.repeat(250)}/`.repeat(5)}`, /at most 1024 bytes/],
]

test.each(refusals)('the folder %j is refused, with the rule', (given, rule) => {
  expect(parseFolderPath(given)).toEqual({ ok: false, rule: expect.stringMatching(rule) })
})

test('a folder path takes 1,024 bytes, outer slashes included, and not one more', () => {
  const first = `/${`${'a'.repeat(255)}/`.repeat(3)}`
  const longest = `${first}${'b'.repeat(1024 - first.length - 1)}/`
  expect(utf8Length(longest)).toBe(1024)
  expect(parseFolderPath(longest).ok).toBe(true)
  expect(parseFolderPath(`${longest.slice(0, -1)}b/`).ok).toBe(false)
})

test('the parts of a path are told, and the root has none', () => {
  expect(folderSegments(folder('/Films/2026/'))).toEqual(['Films', '2026'])
  expect(folderSegments(rootFolder)).toEqual([])
  expect(folderName(folder('/Films/2026/'))).toBe('2026')
  expect(folderName(rootFolder)).toBe('')
})

test('one goes up to the root and no further, and down by name', () => {
  expect(parentFolder(folder('/Films/2026/'))).toBe('/Films/')
  expect(parentFolder(folder('/Films/'))).toBe('/')
  expect(parentFolder(rootFolder)).toBe('/')
  expect(childFolder(rootFolder, 'Films')).toBe('/Films/')
  expect(childFolder(folder('/Films/'), '2026')).toBe('/Films/2026/')
})

test('a trail leads from the root to the folder', () => {
  expect(folderTrail(folder('/Films/2026/'))).toEqual(['/', '/Films/', '/Films/2026/'])
  expect(folderTrail(rootFolder)).toEqual(['/'])
})

test('a folder that is there opens whatever its name; a new one needs a name that can be seen', () => {
  for (const text of ['/\u00a0/', '/a/\u200b/', '/x\u202ey/']) {
    expect(folder(text)).toBe(text)
    expect(parseNewFolderPath(text)).toMatchObject({ rule: expect.stringMatching(/^Folder names/) })
  }
  expect(parseNewFolderPath('/Vol. 1./👨‍👩‍👧/')).toEqual({ ok: true, value: '/Vol. 1./👨‍👩‍👧/' })
})
