import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { createAddressGuard } from './address-guard.ts'
import { parseImportAllow } from './import-allow.ts'
import { isOwnAddress } from './own-networks.ts'

const card = { netmask: '', mac: '', internal: false }
const interfaces: Record<string, NetworkInterfaceInfo[]> = {
  eth0: [
    { ...card, family: 'IPv4', address: '93.184.215.14', cidr: '93.184.215.14/24' },
    {
      ...card,
      family: 'IPv6',
      address: '2a00:1450:1:2::5',
      cidr: '2a00:1450:1:2::5/64',
      scopeid: 0,
    },
  ],
}

/** Whether a guard on a machine with these interfaces lets a link pass. */
function passes(link: string, allow: string[] = []): boolean {
  const guard = createAddressGuard(parseImportAllow(allow), undefined, (address) =>
    isOwnAddress(address, interfaces),
  )
  try {
    guard.checkUrl(new URL(link))
    return true
  } catch {
    return false
  }
}

test('a public address of this machine, or of the IPv6 network around it, is inside', () => {
  expect(passes('http://93.184.215.14/')).toBe(false)
  expect(passes('http://[::ffff:93.184.215.14]/')).toBe(false)
  expect(passes('http://[2a00:1450:1:2::5]/')).toBe(false)
  expect(passes('http://[2a00:1450:1:2:aaaa::1]/')).toBe(false)
})

test('what is beyond is outside, and so is a neighbour by IPv4: that one is somebody else', () => {
  expect(passes('http://[2a00:1450:1:3::5]/')).toBe(true)
  expect(passes('http://93.184.215.15/')).toBe(true)
})

test('an owner may open it', () => {
  expect(passes('http://[2a00:1450:1:2:aaaa::1]/', ['2a00:1450:1:2::/64'])).toBe(true)
  expect(passes('http://93.184.215.14:81/', ['93.184.215.14:81'])).toBe(true)
  expect(passes('http://93.184.215.14:82/', ['93.184.215.14:81'])).toBe(false)
})
