import { expect, test } from 'vitest'
import { createTypeahead, isTyped } from './typeahead.ts'

const names = ['All files', 'Films', 'Fotos', 'Music', 'Mixes 2026']

test('One letter again and again goes through the names that begin with it, and round', () => {
  const typeahead = createTypeahead()
  expect(typeahead.find('f', { names, from: 0, now: 0 })).toBe(1)
  expect(typeahead.find('f', { names, from: 1, now: 100 })).toBe(2)
  expect(typeahead.find('f', { names, from: 2, now: 200 })).toBe(1)
})

test('Letters that follow quickly make a word, which may mean the row it is on', () => {
  const typeahead = createTypeahead()
  expect(typeahead.find('m', { names, from: 2, now: 0 })).toBe(3)
  expect(typeahead.find('i', { names, from: 3, now: 100 })).toBe(4)
  expect(typeahead.find('x', { names, from: 4, now: 200 })).toBe(4)
})

test('After a pause a new word begins', () => {
  const typeahead = createTypeahead()
  typeahead.find('f', { names, from: 0, now: 0 })
  expect(typeahead.isTyping(500)).toBe(true)
  expect(typeahead.isTyping(2000)).toBe(false)
  expect(typeahead.find('M', { names, from: 1, now: 2000 })).toBe(3)
})

test('Letters that no name begins with find nothing', () => {
  expect(createTypeahead().find('z', { names, from: 0, now: 0 })).toBeNull()
  expect(createTypeahead().find('z', { names: [], from: 0, now: 0 })).toBeNull()
})

test('A letter is typed, a space and the key of an action only inside a word, a command never', () => {
  const typeahead = createTypeahead()
  const press = { key: 'a', ctrlKey: false, metaKey: false, altKey: false, timeStamp: 1000 }
  expect(isTyped(press, typeahead)).toBe(true)
  expect(isTyped({ ...press, ctrlKey: true }, typeahead)).toBe(false)
  expect(isTyped({ ...press, key: 'Enter' }, typeahead)).toBe(false)
  expect(isTyped({ ...press, key: ' ' }, typeahead)).toBe(false)
  expect(isTyped({ ...press, key: 'i' }, typeahead)).toBe(false)
  typeahead.find('a', { names, from: 0, now: 900 })
  expect(isTyped({ ...press, key: ' ' }, typeahead)).toBe(true)
  expect(isTyped({ ...press, key: 'i' }, typeahead)).toBe(true)
})
