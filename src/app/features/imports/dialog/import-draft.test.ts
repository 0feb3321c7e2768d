import { expect, test } from 'vitest'
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
  expect(draft.getSnapshot()).toEqual({ ...kept, isOpen: false, folder: '/' })
  draft.open()
  draft.clear()
  expect(draft.getSnapshot()).toEqual({ isOpen: true, text: '', chosen: {}, folder: null })
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
