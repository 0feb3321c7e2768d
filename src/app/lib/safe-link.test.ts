import { expect, test } from 'vitest'
import { safeLink } from './safe-link.ts'

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
