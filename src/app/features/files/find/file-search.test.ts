import { expect, test } from 'vitest'
import { ManualClock, settle } from '#app/testing/manual-clock.ts'
import type { FoundItem, SearchPage } from '#contract/search.ts'
import { createFileSearch } from './file-search.ts'

const file = (name: string): FoundItem => ({ kind: 'file', name, path: `/${name}` })

function page(names: readonly string[], has_more = false): SearchPage {
  return { status: 'ok', items: names.map(file), limit: 50, next_offset: names.length, has_more }
}

/** A server that answers when the test says so. */
function startSearch() {
  const clock = new ManualClock()
  const asked: { q: string; at: number; answer: (page: SearchPage | Error) => Promise<void> }[] = []
  const cached = new Map<string, SearchPage>()
  const search = createFileSearch({
    clock,
    peek: (q) => cached.get(q),
    read: (q, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        const answer = async (given: SearchPage | Error) => {
          if (given instanceof Error) reject(given)
          else resolve(given)
          await settle()
        }
        asked.push({ q, at: clock.now(), answer })
      }),
  })
  const names = () => search.getSnapshot().items.map(({ name }) => name)
  return {
    clock,
    asked,
    cached,
    search,
    names,
    type: search.ask,
    questions: () => asked.map(({ q }) => q),
  }
}

test('a word that is typed at once is one request', async () => {
  const { clock, asked, names, type, questions } = startSearch()
  for (const text of ['m', 'mo', 'mov', 'movie']) {
    type(text)
    await clock.advance(40)
  }
  expect(asked).toHaveLength(0)
  await clock.advance(150)
  expect(questions()).toEqual(['movie'])
  await asked[0]?.answer(page(['movie.mp4']))
  expect(names()).toEqual(['movie.mp4'])
})

test('who goes on typing sees results, by one request in 300 ms at most', async () => {
  const { clock, asked, type } = startSearch()
  const text = 'a film that has a very long name indeed'
  for (let length = 1; length <= text.length; length += 1) {
    type(text.slice(0, length))
    await clock.advance(100)
    await asked.at(-1)?.answer(page(['x'], true))
  }
  const gaps = asked.slice(1).map(({ at }, index) => at - (asked[index]?.at ?? 0))
  expect(asked.length).toBeGreaterThan(3)
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(300)
})

test('an answer that comes late never takes the place of a newer one', async () => {
  const { clock, asked, names, search, type, questions } = startSearch()
  type('re')
  await clock.advance(200)
  type('report')
  await clock.advance(400)
  expect(questions()).toEqual(['re', 'report'])
  await asked[1]?.answer(page(['report.pdf']))
  await asked[0]?.answer(page(['read me', 'report.pdf'], true))
  expect(names()).toEqual(['report.pdf'])
  expect(search.getSnapshot().isSearching).toBe(false)
})

test('an older answer shows what fits until the newer one is there', async () => {
  const { clock, asked, names, search, type } = startSearch()
  type('re')
  await clock.advance(200)
  type('report')
  await asked[0]?.answer(page(['read me', 'report.pdf'], true))
  expect(names()).toEqual(['report.pdf'])
  expect(search.getSnapshot().isSearching).toBe(true)
})

test('what is known costs nothing: what is cached, and what is left of a whole answer', async () => {
  const { clock, asked, cached, names, type, questions } = startSearch()
  type('mov')
  await clock.advance(200)
  await asked[0]?.answer(page(['movie.mp4', 'mövé 2.mp4', 'a movie']))
  type('move')
  expect(names()).toEqual(['mövé 2.mp4'])
  type('mov 2')
  expect(names()).toEqual(['mövé 2.mp4'])
  cached.set('SONG', page(['song.mp3']))
  type('SONG ')
  expect(names()).toEqual(['song.mp3'])
  type('')
  expect(names()).toEqual([])
  await clock.advance(5000)
  expect(questions()).toEqual(['mov'])
})

test('of an answer that was cut nothing is concluded', async () => {
  const { clock, asked, type, questions } = startSearch()
  type('a')
  await clock.advance(200)
  await asked[0]?.answer(page(['a1', 'a2'], true))
  type('ab')
  await clock.advance(400)
  expect(questions()).toEqual(['a', 'ab'])
})

test('a slow server has two requests at most, and is asked for the last words then', async () => {
  const { clock, asked, names, type, questions } = startSearch()
  for (const text of ['a', 'ab', 'abc', 'abcd', 'abcde']) {
    type(text)
    await clock.advance(500)
  }
  expect(questions()).toEqual(['a', 'ab'])
  await asked[0]?.answer(page(['abcde', 'a'], true))
  expect(names()).toEqual(['abcde'])
  await clock.advance(500)
  expect(questions()).toEqual(['a', 'ab', 'abcde'])
})

test('a failure is told, and asked again when the person says so', async () => {
  const { clock, asked, names, search, type } = startSearch()
  type('a')
  await clock.advance(200)
  await asked[0]?.answer(new Error('503'))
  expect(search.getSnapshot()).toMatchObject({ isSearching: false, error: new Error('503') })
  search.retry()
  await clock.advance(400)
  await asked[1]?.answer(page(['a']))
  expect(names()).toEqual(['a'])
  expect(search.getSnapshot().error).toBeNull()
})

test('what was given up shows nothing', async () => {
  const { clock, search, names, type } = startSearch()
  type('a')
  await clock.advance(200)
  search.stop()
  await settle()
  expect(names()).toEqual([])
  expect(search.getSnapshot().error).toBeNull()
})

test('the server is asked for what was typed, as far as it takes that', async () => {
  const { clock, type, questions } = startSearch()
  type(`  50 %  & 한국 ${'x'.repeat(300)}`)
  await clock.advance(200)
  expect(questions()[0]).toMatch(/^50 % & 한국 x+$/)
  expect(questions()[0]).toHaveLength(200)
})
