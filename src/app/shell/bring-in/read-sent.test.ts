import { expect, test } from 'vitest'
import { holdSent, takeSent } from './read-sent.ts'

test('texts and addresses are taken from the query and from behind the #, once', async () => {
  const [first, second] = ['https://example.org/a?x=1&y=2', 'https://example.org/b']
  const search = `?${new URLSearchParams({ url: `web+barkeep:${first}`, key: 'bk_secret' })}`
  holdSent({ search, hash: `#${new URLSearchParams({ text: second, title: 'T' })}` })
  const sent = await takeSent()
  expect(sent?.text.split('\n')).toEqual(['T', second, first])
  expect(sent?.files).toEqual([])
  expect(await takeSent()).toBeNull()
})

test('nothing sent is nothing to take', async () => {
  holdSent({ search: '', hash: '' })
  expect(await takeSent()).toEqual({ text: '', files: [] })
})

test('a text without an end is cut', async () => {
  holdSent({ search: '', hash: `#text=${'x'.repeat(1_000_000)}` })
  expect((await takeSent())?.text.length).toBe(200_000)
})

test.each(['', '/api/v1/me', '/shared-here/', '/shared-here/../files', 'https://example.org/'])(
  'files that are not held under “%s” are said to be missing',
  async (name) => {
    holdSent({ search: `?${new URLSearchParams({ shared: name })}`, hash: '' })
    await expect(takeSent()).rejects.toThrow('What was shared is not there')
    expect(await takeSent()).toBeNull()
  },
)
