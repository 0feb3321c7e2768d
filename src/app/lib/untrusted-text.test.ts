import { expect, test } from 'vitest'
import { cutName, safeLink, visibleName } from './untrusted-text.ts'

test.each(['https://share.example/1/a%20b.mp4', 'http://127.0.0.1:4000/share/1/a'])(
  '%s is passed on',
  (link) => {
    expect(safeLink(link)).toBe(link)
  },
)

test.each([
  'javascript:alert(1)',
  ' JavaScript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'file:///etc/passwd',
  'blob:https://example/1',
  '/relative',
  '',
  'https://',
  null,
  7,
])('%j is no link', (link) => {
  expect(safeLink(link)).toBeNull()
})

test('An ordinary name in any script is left alone', () => {
  for (const name of ['movie.mp4', 'Ünïcödé 🎬.mkv', 'שלום.txt', '<b>x</b>.html']) {
    expect(visibleName(name)).toBe(name)
  }
})

test('A mark that turns the reading direction is shown, not obeyed', () => {
  expect(visibleName('invoice\u202efdp.exe')).toBe('invoice\ufffdfdp.exe')
})

test('Line breaks and nothing at all are shown as something', () => {
  expect(visibleName('a\nb')).toBe('a\ufffdb')
  expect(visibleName('')).toBe('(no name)')
  expect(visibleName('   ')).toBe('(no name)')
})

test('A long name keeps its end; the parts together are the name', () => {
  const name = 'A very long holiday film from the sea (2).mp4'
  const [head, tail] = cutName(name)
  expect(head + tail).toBe(name)
  expect(tail).toMatch(/\(2\)\.mp4$/)
})

test('A name of some letters keeps its end too: a narrow column would cut the number off it', () => {
  expect(cutName('Night shots 20')).toEqual(['Night sho', 'ts 20'])
  expect(cutName('Harbour 2026.pdf')[1]).toBe('26.pdf')
})

test('A letter keeps its accents, an emoji its parts', () => {
  const name = `${'x'.repeat(30)}e\u0301${'y'.repeat(11)}`
  expect(cutName(name)[1]).toMatch(/^e\u0301/)
  expect(cutName('short.mp4')).toEqual(['short.mp4', ''])
})
