import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { createAddressGuard, parseImportAllow } from './address-guard.ts'
import { isOwnAddress, type OwnNetworkSources } from './own-networks.ts'

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

const noTables = { addresses6: '', routes6: '', routes4: '' }

/** Whether a guard on a machine with these interfaces and tables lets a link pass. */
function passes(
  link: string,
  allow: string[] = [],
  sources: OwnNetworkSources = { interfaces, ...noTables },
): boolean {
  const guard = createAddressGuard(parseImportAllow(allow), undefined, (address) =>
    isOwnAddress(address, sources),
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

// As Linux 6 wrote them where `v0` had no carrier, and two ranges were routed to the machine itself.
const withoutCarrier: OwnNetworkSources = {
  interfaces: {},
  addresses6: `2a001450000900020000000000000005 03 40 00 82       v0
00000000000000000000000000000001 01 80 10 80       lo
`,
  routes6: `2a001450000900020000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001       v0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
2a001450007700000000000000000000 30 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 80000001       lo
`,
  routes4: `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 93.0.0.0/8 2 0 2
        |-- 93.1.2.0
           /24 host LOCAL
        |-- 93.184.216.0
           /24 link UNICAST
           |-- 93.184.216.99
              /32 host LOCAL
        |-- 93.184.216.255
           /32 link BROADCAST
`,
}

test('an address on an interface without carrier is inside, and so is what is routed to the machine itself', () => {
  const inside = ['[2a00:1450:9:2::5]', '[2a00:1450:9:2:aaaa::1]', '[2a00:1450:77:1::9]']
  for (const host of [...inside, '93.184.216.99', '93.1.2.77']) {
    expect(passes(`http://${host}/`, [], withoutCarrier), host).toBe(false)
  }
  const outside = [
    '[2a00:1450:9:3::5]',
    '[2a00:1450:78::9]',
    '93.184.216.98',
    '93.1.3.77',
    '9.9.9.9',
  ]
  for (const host of outside) {
    expect(passes(`http://${host}/`, [], withoutCarrier), host).toBe(true)
  }
})
