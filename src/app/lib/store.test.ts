import { expect, test } from 'vitest'
import { createEmitter, createStore } from './store.ts'

test('a change replaces the snapshot before anybody hears of it', () => {
  const store = createStore({ a: 1, b: 2 })
  const before = store.getSnapshot()
  const heard: object[] = []
  store.subscribe(() => heard.push(store.getSnapshot()))
  store.update({ b: 3 })
  store.set({ a: 0, b: 0 })
  expect(heard).toEqual([
    { a: 1, b: 3 },
    { a: 0, b: 0 },
  ])
  expect(before).toEqual({ a: 1, b: 2 })
})

test('who stops listening hears nothing more', () => {
  const { subscribe, emit, size } = createEmitter<string>()
  const heard: string[] = []
  const stop = subscribe((message) => heard.push(message))
  emit('first')
  stop()
  emit('second')
  expect(heard).toEqual(['first'])
  expect(size()).toBe(0)
})
