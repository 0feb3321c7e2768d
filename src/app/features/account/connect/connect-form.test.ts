import { expect, test } from 'vitest'
import { looksLikeKey, readPastedKey } from './connect-form.tsx'

const key = 'csb_live_0123456789abcdefghijABCDEFGHIJ'

test.each([
  ['alone', key],
  ['with spaces and a line break around it', `  ${key}\n`],
  ['as a header value', `Bearer ${key}`],
  ['as a whole header line', `Authorization: Bearer ${key}\r\n`],
  ['in quotes', `"${key}"`],
])('a key is read %s', (_, text) => {
  expect(readPastedKey(text)).toEqual({ ok: true, key })
})

test('a key of another form is left to the server to judge', () => {
  expect(readPastedKey('other_0123456789')).toEqual({ ok: true, key: 'other_0123456789' })
})

test.each([
  ['nothing', '   ', /paste/i],
  ['a line break inside', 'csb_live_abc\ndef', /line breaks/],
  ['letters that no header can carry', 'csb_live_abcdéf', /plain letters/],
  ['the form that a list of keys shows', 'csb_live_ab12cd…wxyz', /shortened/],
  ['the form that the API shows', 'csb_live_ab12cd...', /shortened/],
  ['only the prefix', 'csb_live_', /start of a key/],
])('%s is refused before a request is spent', (_, text, rule) => {
  const read = readPastedKey(text)
  expect(read.ok ? '' : read.rule).toMatch(rule)
})

test('a hint about the usual prefix waits until the text cannot become one', () => {
  expect(looksLikeKey('')).toBe(true)
  expect(looksLikeKey('csb_')).toBe(true)
  expect(looksLikeKey(' csb_live_abc')).toBe(true)
  expect(looksLikeKey('sk_')).toBe(false)
})
