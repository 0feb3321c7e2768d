import { expect, test } from 'vitest'
import { createServerDescription } from './server-description.ts'

const own = { status: 'ok', mode: 'own', version: '0.1.0', additions: ['limit'] }

/** Resolves with what the source tells its first listener. */
function firstNews(source: ReturnType<typeof createServerDescription>) {
  return new Promise((resolve) => {
    const unsubscribe = source.subscribe(() => {
      unsubscribe()
      resolve(source.getSnapshot())
    })
  })
}

test('the server is asked once, however many parts of the screen want to know', async () => {
  let asked = 0
  const source = createServerDescription(async () => {
    asked += 1
    return Response.json(own)
  })
  source.subscribe(() => {})
  expect(await firstNews(source)).toEqual(own)
  source.subscribe(() => {})
  expect(asked).toBe(1)
})

test('a server that names no additions has none', async () => {
  const { additions: _, ...older } = own
  const source = createServerDescription(async () => Response.json(older))
  expect(await source.read()).toEqual({ ...older, additions: [] })
})

test.each([
  ['a page', () => new Response('<!doctype html>')],
  ['a refusal', () => Response.json({ ...own }, { status: 404 })],
  ['another shape', () => Response.json({ status: 'ok', mode: 'cloud', version: '9' })],
])(
  '%s instead of the description is no description, and the next one asks again',
  async (_, answer) => {
    let isMended = false
    const source = createServerDescription(async () => (isMended ? Response.json(own) : answer()))
    expect(await firstNews(source)).toBe(null)
    isMended = true
    expect(await firstNews(source)).toEqual(own)
  },
)
