import { expect, test } from 'vitest'
import { memoryStorage } from '#app/testing/import-world.ts'
import { guardStorage } from './storage.ts'

test('where the browser refuses to store anything, a text lasts as long as the page', () => {
  const storage = guardStorage(() => {
    throw new DOMException('no', 'SecurityError')
  })
  expect(storage.set('name', 'text')).toBe(false)
  expect(storage.get('name')).toBe('text')
  expect(storage.names()).toEqual([])
  storage.remove('name')
  expect(storage.get('name')).toBeNull()
})

test('what did not fit is the latest all the same, until it fits', () => {
  const memory = memoryStorage()
  const storage = guardStorage(() => memory)
  expect(storage.set('name', 'old')).toBe(true)
  const { setItem } = memory
  memory.setItem = () => {
    throw new DOMException('Full.', 'QuotaExceededError')
  }
  expect(storage.set('name', 'new')).toBe(false)
  expect(storage.get('name')).toBe('new')
  memory.setItem = setItem
  expect(storage.set('name', 'newest')).toBe(true)
  expect(memory.getItem('name')).toBe('newest')
  expect(storage.names()).toEqual(['name'])
})
