import { expect, test } from 'vitest'
import { accessFromScopes, keyLifetime, scopeLabels, shortenedKey } from './api-key-text.ts'

const now = Date.UTC(2026, 5, 25, 10)

test('a key is shown by its beginning and its last four', () => {
  const key = { key_prefix: 'csb_live_ab12cd...', key_last4: 'wxyz' }
  expect(shortenedKey(key)).toBe('csb_live_ab12cd…wxyz')
  expect(shortenedKey({ ...key, key_prefix: 'csb_live_ab12cd' })).toBe('csb_live_ab12cd…wxyz')
})

test('a key is ending in its last seven days and over from its last moment', () => {
  expect(keyLifetime(null, now)).toBe('endless')
  expect(keyLifetime('2026-07-02T10:00:01+00:00', now)).toBe('lasting')
  expect(keyLifetime('2026-07-02T10:00:00+00:00', now)).toBe('ending')
  expect(keyLifetime('2026-06-25T10:00:00+00:00', now)).toBe('over')
})

test('an expiry that cannot be read raises no warning', () => {
  expect(keyLifetime('soon', now)).toBe('lasting')
})

test('each scope opens its own part of the screen', () => {
  expect(accessFromScopes(['read'])).toEqual({
    canBrowse: true,
    canUpload: false,
    canImport: false,
    canManage: false,
    canShare: false,
  })
  expect(accessFromScopes(['upload', 'import'])).toEqual({
    canBrowse: false,
    canUpload: true,
    canImport: true,
    canManage: false,
    canShare: false,
  })
})

test('no scope and scopes of a newer server open nothing', () => {
  const nothing = {
    ...{ canBrowse: false, canUpload: false, canImport: false },
    ...{ canManage: false, canShare: false },
  }
  expect(accessFromScopes([])).toEqual(nothing)
  expect(accessFromScopes(['share', 'READ'])).toEqual(nothing)
})

test('scopes are told in words, unknown ones by name', () => {
  expect(scopeLabels('read')).toBe('See folders and files')
  expect(scopeLabels('share')).toBe('share')
})
