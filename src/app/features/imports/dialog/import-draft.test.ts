import { expect, test } from 'vitest'
import type { TextStorage } from '#app/lib/browser/storage.ts'
import { createImportDraft } from './import-draft.ts'

test('further links join what was typed, each once', () => {
  const draft = createImportDraft()
  const thirty = Array.from({ length: 30 }, (_, index) => `https://a.example/${index}`)
  draft.type(`${thirty.join('\n')}\n`)
  draft.close('/Films/')
  draft.add(['https://a.example/30', 'https://a.example/7'])
  expect(draft.getSnapshot()).toMatchObject({
    isOpen: true,
    text: [...thirty, 'https://a.example/30'].join('\n'),
    folder: '/Films/',
  })
})

test('closing loses nothing, clearing all but the dialog, and resetting everything', () => {
  const draft = createImportDraft()
  draft.open()
  draft.type('half a li')
  draft.choose({ subtitles: true })
  draft.choose({ fileName: 'a.mp4' })
  draft.close('/')
  const kept = { text: 'half a li', chosen: { subtitles: true, fileName: 'a.mp4' } }
  expect(draft.getSnapshot()).toMatchObject({ ...kept, isOpen: false, folder: '/' })
  draft.open()
  draft.clear()
  expect(draft.getSnapshot()).toMatchObject({ isOpen: true, text: '', chosen: {}, folder: null })
  draft.reset()
  expect(draft.getSnapshot().isOpen).toBe(false)
})

test('without links the folder in sight is the one to go to', () => {
  const draft = createImportDraft()
  draft.type(' \n')
  draft.close('/Films/')
  expect(draft.getSnapshot().folder).toBeNull()
})

test('another account finds nothing, and the same one all that it typed', () => {
  const draft = createImportDraft()
  draft.connect('alice')
  draft.type('https://a.example/secret')
  draft.connect(null)
  draft.connect('alice')
  expect(draft.getSnapshot().text).toBe('https://a.example/secret')
  draft.connect('bob')
  expect(draft.getSnapshot().text).toBe('')
})

test('a reload loses nothing, to whoever typed it and in this tab alone', () => {
  const kept = new Map<string, string>()
  const storage: TextStorage = {
    get: (name) => kept.get(name) ?? null,
    set: (name, text) => kept.set(name, text) === kept,
    remove: (name) => void kept.delete(name),
    names: () => [...kept.keys()],
  }
  const draft = createImportDraft(storage)
  draft.connect('alice')
  draft.add(['https://a.example/1', 'https://a.example/2'])
  draft.tick(['https://a.example/2'], false)
  draft.chooseFor('https://a.example/1', { fileName: 'a.mp4' })
  draft.close('/Films/')

  const again = createImportDraft(storage)
  again.connect('alice')
  expect(again.getSnapshot()).toEqual({ ...draft.getSnapshot(), isOpen: false })
  expect(again.getSnapshot().own).toEqual({ 'https://a.example/1': { fileName: 'a.mp4' } })
  const other = createImportDraft(storage)
  other.connect('bob')
  expect(other.getSnapshot().text).toBe('')
  again.reset()
  expect([...kept]).toEqual([])
})

test('what is kept and cannot be read is as good as nothing', () => {
  const storage = {
    get: () => '{"owner":"alice","text":7}',
    set: () => true,
    remove() {},
    names: () => [],
  }
  const draft = createImportDraft(storage)
  draft.connect('alice')
  expect(draft.getSnapshot().text).toBe('')
})
