import { expect, test } from 'vitest'
import { ConfigError } from '#server/core/config.ts'
import { createAddressGuard, parseImportAllow } from './address-guard.ts'

test.each([
  ['nas.local', 'http://nas.local/x', true],
  ['nas.local', 'http://NAS.local.:8080/x', true],
  ['nas.local', 'http://other.local/x', false],
  ['nas.local:8080', 'http://nas.local:8080/x', true],
  ['nas.local:8080', 'http://nas.local/x', false],
  ['127.0.0.1:8080', 'http://127.0.0.1:8080/x', true],
  ['127.0.0.1:8080', 'http://127.0.0.1:8081/x', false],
  ['127.0.0.1:443', 'https://127.0.0.1/x', true],
  // A rule for an address holds for every name that stands for it.
  ['10.0.0.7', 'http://nas.local/x', true],
  ['10.0.0.0/8', 'http://10.200.3.4/x', true],
  ['10.0.0.0/8', 'http://11.0.0.1.nip.invalid/x', false],
  ['10.0.0.0/8', 'http://[::ffff:10.1.1.1]/x', true],
  ['[fd00::5]:8080', 'http://[fd00::5]:8080/x', true],
  ['fd00::/8', 'http://[fd12::1]/x', true],
  ['fd00::5', 'http://[fd00::6]/x', false],
])('with %s allowed, reaching %s is %s', async (entry, link, isReachable) => {
  const addresses: Record<string, string> = { 'nas.local': '10.0.0.7', 'nas.local.': '10.0.0.7' }
  const guard = createAddressGuard(parseImportAllow([entry]), async (name) => [
    { address: addresses[name] ?? '192.168.9.9', family: 4 },
  ])
  const url = new URL(link)
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  const reach = guard.resolve(url.hostname.replace(/^\[(.*)\]$/, '$1'), port)
  if (isReachable) await expect(reach).resolves.toHaveLength(1)
  else await expect(reach).rejects.toThrow('private address')
})

test.each(['http://nas.local', 'nas.local/x', '10.0.0.0/33', 'a:0', 'a:70000', 'a:b', 'u@nas', ''])(
  'the entry "%s" is refused in one clear line',
  (entry) => {
    expect(() => parseImportAllow([entry])).toThrow(ConfigError)
    expect(() => parseImportAllow([entry])).toThrow(/^BARKEEP_IMPORT_ALLOW: ".*" is not a host/)
  },
)
