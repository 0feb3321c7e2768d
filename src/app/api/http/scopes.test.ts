import { expect, test } from 'vitest'
import { accessFromScopes, scopeLabels } from './scopes.ts'

test('each scope opens its own part of the screen', () => {
  expect(accessFromScopes(['read'])).toEqual({
    canBrowse: true,
    canUpload: false,
    canImport: false,
  })
  expect(accessFromScopes(['upload', 'import'])).toEqual({
    canBrowse: false,
    canUpload: true,
    canImport: true,
  })
})

test('no scope and scopes of a newer server open nothing', () => {
  const nothing = { canBrowse: false, canUpload: false, canImport: false }
  expect(accessFromScopes([])).toEqual(nothing)
  expect(accessFromScopes(['share', 'READ'])).toEqual(nothing)
})

test('scopes are told in words, unknown ones by name', () => {
  expect(scopeLabels('read')).toBe('See folders and files')
  expect(scopeLabels('share')).toBe('share')
})
