import { expect, test } from 'vitest'
import { addressGroup } from './ip-range.ts'

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:aaaa:bbbb:cccc:dddd'],
  ['2001:db8::1', '2001:db8:0:0:aaaa:bbbb:cccc:dddd'],
  ['2001:db8::aaaa:bbbb:cccc:dddd', '2001:db8::bbbb:aaaa:cccc:dddd'],
  ['192.0.2.1', '::ffff:192.0.2.1'],
])('%s and %s are one household', (one, other) => {
  expect(addressGroup(one)).toBe(addressGroup(other))
})

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:3::1'],
  ['192.0.2.1', '192.0.2.2'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.2'],
])('%s and %s are two', (one, other) => {
  expect(addressGroup(one)).not.toBe(addressGroup(other))
})
