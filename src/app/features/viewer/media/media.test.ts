import { expect, test } from 'vitest'
import type { ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { createPlaybackMemory, resumeAt } from '#app/lib/browser/playback-memory.ts'
import { guardStorage } from '#app/lib/browser/storage.ts'
import { memoryStorage } from '#app/testing/import-world.ts'
import { readMediaKey } from './media-keys.ts'
import { nextSong, writePlayList } from './play-list.ts'

const file = (name: string): ViewedFile => {
  const link = `https://b.test/share/x/${name}`
  return { name, size: 1, link, sharedLink: link, uploadedAt: '' }
}

test('keys are what players have them for, in either case', () => {
  const key = (name: string, shiftKey = false) => readMediaKey({ key: name, shiftKey })
  for (const one of [' ', 'k', 'K']) expect(key(one)).toEqual({ do: 'toggle' })
  expect(key('j')).toEqual({ do: 'seek', by: -10 })
  expect(key('L')).toEqual({ do: 'seek', by: 10 })
  expect(key('0')).toEqual({ do: 'go', share: 0 })
  expect(key('7')).toEqual({ do: 'go', share: 0.7 })
  expect(key('ArrowRight', true)).toEqual({ do: 'seek', by: 5 })
  // Without Shift they lead to the next file.
  for (const one of ['ArrowRight', 'ArrowLeft', 'x', 'Escape', 'F5']) expect(key(one)).toBeNull()
})

test('where a person was is remembered by file, and the volume goes on with the next', () => {
  const stored = memoryStorage()
  const memory = createPlaybackMemory(guardStorage(() => stored))
  const link = 'https://b.test/share/secret/Film.mp4'
  expect(memory.find(link)).toEqual({ at: 0, volume: 1, isMuted: false, rate: 1 })
  memory.keep(link, { at: 61.9, volume: 0.5, isMuted: true, rate: 1.5 })
  expect(memory.find(link)).toEqual({ at: 61, volume: 0.5, isMuted: true, rate: 1.5 })
  expect(memory.find(`${link}2`)).toEqual({ at: 0, volume: 0.5, isMuted: true, rate: 1 })
  // The same file by another address of the server.
  expect(memory.find(link.replace('b.test', 'localhost')).at).toBe(61)
  expect(stored.getItem('barkeep.playback')).not.toContain('secret')
})

test('what is remembered stays small, and nonsense in the storage is none', () => {
  const stored = memoryStorage()
  const memory = createPlaybackMemory(guardStorage(() => stored))
  const playback = { at: 20, volume: 1, isMuted: false, rate: 1 }
  for (let at = 0; at < 500; at += 1) memory.keep(`https://b.test/share/${at}/a`, playback)
  expect(JSON.parse(stored.getItem('barkeep.playback') ?? '')).toHaveLength(200)
  expect(memory.find('https://b.test/share/499/a').at).toBe(20)
  expect(memory.find('https://b.test/share/299/a').at).toBe(0)
  for (const text of ['{', '{}', '[1,null,["a","b"],["c",1,9,0,1]]']) {
    stored.setItem('barkeep.playback', text)
    expect(memory.find('https://b.test/share/499/a').at).toBe(0)
  }
})

test('a film goes on where it was left, but not in its first or last moments', () => {
  expect([resumeAt(5, 600), resumeAt(300, 600), resumeAt(595, 600)]).toEqual([0, 300, 0])
})

test('music plays on in the order shown, over other files, and from the start where it repeats', () => {
  const all = ['a.mp3', 'cover.jpg', 'b.mp3', 'c.flac'].map(file)
  const [a, , b, c] = all as [ViewedFile, ViewedFile, ViewedFile, ViewedFile]
  const how = { repeat: 'off', order: 'in order', played: [] } as const
  expect(nextSong(a, all, how)).toBe(b)
  expect(nextSong(c, all, how)).toBeNull()
  expect(nextSong(c, all, { ...how, repeat: 'all' })).toBe(a)
  expect(nextSong(b, all, { ...how, repeat: 'one' })).toBe(b)
})

test('shuffled, each is heard once', () => {
  const all = ['a.mp3', 'b.mp3', 'c.mp3'].map(file)
  const [a, b, c] = all as [ViewedFile, ViewedFile, ViewedFile]
  const how = { repeat: 'off', order: 'shuffled', random: () => 0.99 } as const
  expect(nextSong(a, all, { ...how, played: [a.link] })).toBe(c)
  expect(nextSong(c, all, { ...how, played: [a.link, c.link] })).toBe(b)
  expect(nextSong(b, all, { ...how, played: [a.link, b.link, c.link] })).toBeNull()
  const again = nextSong(b, all, { ...how, repeat: 'all', played: [a.link, b.link, c.link] })
  expect(again).toBe(c)
})

test('a name cannot add a line to a play list', () => {
  const evil = { ...file('x'), name: 'a\nhttp://evil.test/\r#b' }
  expect(writePlayList(evil).split(/[\r\n]/)).toEqual([
    '#EXTM3U',
    '#EXTINF:-1,a http://evil.test/ #b',
    evil.link,
    '',
  ])
})
