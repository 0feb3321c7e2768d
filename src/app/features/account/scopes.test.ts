import { expect, test } from 'vitest'
import { accessFromScopes } from './scopes.ts'

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
