import { afterEach, expect, test } from 'vitest'
import { noteServerMode, readableLink } from './readable-link.ts'

afterEach(() => noteServerMode(undefined))

const page = 'http://localhost:4000'
const link = 'http://127.0.0.1:4000/share/abc/50%20%25.png?a=1'

test('an own server’s link is read at the page’s own origin', () => {
  noteServerMode('own')
  expect(readableLink(link, page)).toBe('http://localhost:4000/share/abc/50%20%25.png?a=1')
})

test('before a server is known, and behind a gateway, a link is read where it leads', () => {
  expect(readableLink(link, page)).toBe(link)
  noteServerMode('gateway')
  expect(readableLink(link, page)).toBe(link)
})

test('what is no link to a stored file is left alone', () => {
  noteServerMode('own')
  expect(readableLink('https://cdn.test/files/a.png', page)).toBe('https://cdn.test/files/a.png')
  expect(readableLink('nonsense', page)).toBe('nonsense')
})
