import { expect, test } from 'vitest'
import { createApiKeyBody } from './api-keys.ts'
import { filesQuery } from './files.ts'
import { importBody, importTask, isTerminal } from './imports.ts'
import { deleteBody } from './manage.ts'
import { uploadQuery } from './uploads.ts'

test('a listing starts at the root and at the first file unless asked otherwise', () => {
  expect(filesQuery.parse({})).toEqual({
    ...{ path: '/', offset: 0, sort: 'name', order: 'asc' },
  })
  expect(filesQuery.parse({ path: 'Films', offset: '50' })).toMatchObject({
    path: '/Films/',
    offset: 50,
  })
})

const offsets: [offset: unknown, number: number][] = [
  ['0', 0],
  ['50', 50],
  ['007', 7],
  ['999950', 999_950],
  ['9007199254740991', 9_007_199_254_740_991],
  ['9'.repeat(400), 9_007_199_254_740_991],
  [50, 50],
  [undefined, 0],
]

test.each(offsets)('the offset %j is %d', (offset, number) => {
  expect(filesQuery.parse({ offset })).toMatchObject({ offset: number })
})

const badOffsets = ['-1', '1.5', 'ten', '', ' 1', '1e3', '0x10', -1, 1.5, null]

test.each(badOffsets)('the offset %j is refused in words', (offset) => {
  const read = filesQuery.safeParse({ offset })
  expect(read.error?.issues[0]?.message).toBe('offset must be a whole number, 0 or more.')
})

test.each(['0', '1001', '-1', '1.5', 'all', '', 0, 1001, 1.5, null])(
  'the limit %j is refused in words',
  (limit) => {
    const read = filesQuery.safeParse({ limit })
    expect(read.error?.issues[0]?.message).toBe('limit must be a whole number from 1 to 1,000.')
  },
)

test('a limit is read as text and as a number, and left open where none is given', () => {
  expect(filesQuery.parse({ limit: '1000' }).limit).toBe(1000)
  expect(filesQuery.parse({ limit: 1 }).limit).toBe(1)
  expect(filesQuery.parse({}).limit).toBeUndefined()
})

test('an upload goes to the root unless asked otherwise, and needs a name', () => {
  expect(uploadQuery.parse({ filename: 'a.txt' })).toEqual({ filename: 'a.txt', path: '/' })
  expect(uploadQuery.safeParse({ path: '/Films/' }).success).toBe(false)
  expect(uploadQuery.safeParse({ filename: '../a.txt' }).error?.issues[0]?.message).toBe(
    'File names must not contain "/" or "\\".',
  )
})

test.each(['', 'x'.repeat(4_097), 7])('an item that is no path is refused in words', (item) => {
  const read = deleteBody.safeParse({ items: ['/a.txt', item] })
  expect(read.error?.issues[0]?.message).toContain('whole path')
})

test('an import needs only a link', () => {
  expect(importBody.parse({ url: 'https://example.org/a.mp4' })).toEqual({
    url: 'https://example.org/a.mp4',
    type: 'auto',
    video: { quality: 'best', subtitles: false, thumbnail: false },
  })
})

test('what an import says about the video leaves the rest at its default', () => {
  const read = importBody.parse({ url: 'https://example.org/', video: { quality: '1080' } })
  expect(read.video).toEqual({ quality: '1080', subtitles: false, thumbnail: false })
})

test('fields that a newer client sends are ignored', () => {
  const read = importBody.parse({
    url: 'https://example.org/',
    priority: 'high',
    video: { hdr: true },
  })
  expect(read).not.toHaveProperty('priority')
  expect(read.video).not.toHaveProperty('hdr')
})

test.each(['best', 'audio', '1', '360', '1080', '4320', '9999'])(
  'the quality %s is known',
  (quality) => {
    expect(importBody.safeParse({ url: 'https://example.org/', video: { quality } }).success).toBe(
      true,
    )
  },
)

const badBodies: [string, unknown][] = [
  ['no link', {}],
  ['an empty link', { url: '' }],
  ['a link that is no text', { url: 7 }],
  ['a link without end', { url: `https://example.org/${'a'.repeat(8192)}` }],
  ['an unknown type', { url: 'https://example.org/', type: 'torrent' }],
  ['a quality of no height', { url: 'https://example.org/', video: { quality: '0' } }],
  ['a quality with a unit', { url: 'https://example.org/', video: { quality: '1080p' } }],
  ['a quality that is an option', { url: 'https://example.org/', video: { quality: '--exec' } }],
  ['a quality that is a number', { url: 'https://example.org/', video: { quality: 1080 } }],
  ['subtitles that are text', { url: 'https://example.org/', video: { subtitles: 'yes' } }],
  ['a folder that climbs', { url: 'https://example.org/', path: '/../' }],
  ['a name that climbs', { url: 'https://example.org/', filename: '../a' }],
  ['video options that are a list', { url: 'https://example.org/', video: [] }],
  ['no body', null],
  ['a body that is text', 'https://example.org/'],
]

test.each(badBodies)('an import with %s is refused', (_, body) => {
  expect(importBody.safeParse(body).success).toBe(false)
})

test('a task of a newer server is read, and its unknown state is no end', () => {
  const task = importTask.parse({ id: 'video_1', type: 'playlist', state: 'queued', eta: 12 })
  expect(task).toMatchObject({ state: 'queued', progress: '' })
  expect(isTerminal(task.state)).toBe(false)
  expect(['completed', 'failed', 'cancelled', 'running'].map(isTerminal)).toEqual([
    true,
    true,
    true,
    false,
  ])
})

test('a key has all scopes and no expiry unless asked otherwise', () => {
  expect(createApiKeyBody.parse({ name: ' laptop ' })).toEqual({
    name: 'laptop',
    scopes: ['upload', 'import', 'read'],
    expires_at: null,
  })
})

const badKeys: [string, unknown][] = [
  ['no name', {}],
  ['a blank name', { name: '  ' }],
  ['a name without end', { name: 'a'.repeat(101) }],
  ['no scope', { name: 'a', scopes: [] }],
  ['an unknown scope', { name: 'a', scopes: ['read', 'admin'] }],
  ['an expiry that is no time', { name: 'a', expires_at: 'tomorrow' }],
]

test.each(badKeys)('a key with %s is refused', (_, body) => {
  expect(createApiKeyBody.safeParse(body).success).toBe(false)
})
