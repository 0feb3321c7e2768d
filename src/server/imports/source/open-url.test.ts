import { expect, test } from 'vitest'
import {
  type AddressGuard,
  createAddressGuard,
  type Resolve,
} from '#server/imports/guard/address-guard.ts'
import { parseImportAllow } from '#server/imports/guard/import-allow.ts'
import { startCanary } from '#server/testing/imports/canary.ts'
import { startTestVideoSite } from '#server/testing/imports/video-site.ts'
import { closeBody, createUrlOpener } from './open-url.ts'
import { sourceRetryPolicy } from './retry-policy.ts'

// Spellings that lead to this machine, as a browser's address bar reads them: without the guard each arrives.
const arriving = [
  ...['127.0.0.1', '127.0.0.1.', '127.1', '127.0.1', '2130706433', '017700000001', '0x7f000001'],
  ...[
    '0x7f.1',
    '0177.0.0.1',
    '0177.0.0x0.1',
    '127.0.0.2',
    '127.255.255.254',
    '0.0.0.0',
    '0',
    '0x0',
  ],
  ...['１２７.０.０.１', '127。0。0。1', '①②⑦.⓪.⓪.①', '%31%32%37.0.0.1', 'example.com@127.0.0.1'],
  ...['[::1]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::]'],
  ...['[0:0:0:0:0:ffff:7f00:0001]', 'localhost', 'LOCALHOST', 'ｌocalhost'],
]

// Ranges that are nobody's public address, whoever might answer there.
const refused = [
  ...['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.1', '192.168.0.1', '169.254.169.254'],
  ...['169.254.0.1', '100.64.0.1', '192.0.0.1', '192.0.2.1', '198.18.0.1', '198.51.100.1'],
  ...['203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '2852039166'],
  ...['192.88.99.1', '192.175.48.1', '[::7f00:1]', '[::127.0.0.1]', '[::ffff:0:127.0.0.1]'],
  ...['[64:ff9b::7f00:1]', '[64:ff9b::a9fe:a9fe]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]'],
  ...['[2002:a9fe:a9fe::1]', '[2001:0:7f00:1::]', '[2001:db8::1]', '[2001:10::1]', '[2001:20::1]'],
  ...[
    '[3fff::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '[fec0::1]',
    '[ff02::1]',
    '[100::1]',
  ],
  ...['[5f00::1]', '[::ffff:10.0.0.1]', '[::ffff:a9fe:a9fe]', '[::2]', '[4000::1]'],
]

const allowAll = createAddressGuard(parseImportAllow(['0.0.0.0/0', '::/0']))
const allowNone = createAddressGuard([])

/** Tries a link; true when it was let through to a connection. */
async function open(guard: AddressGuard, link: string): Promise<unknown> {
  const url = URL.parse(link)
  if (url === null) return 'no link'
  try {
    const answer = await createUrlOpener(guard, sourceRetryPolicy)(url, {
      signal: AbortSignal.timeout(10_000),
    })
    closeBody(answer.body)
    return answer.status
  } catch (error) {
    return (error as Error).name
  }
}

const withoutUser = (host: string) => host.replace(/^.*@/, '')

test('no spelling of this machine is reached; without the guard every one of them is', async () => {
  await using canary = await startCanary()
  for (const host of arriving) {
    expect(await open(allowNone, `http://${host}:${canary.port}/`), host).not.toBeTypeOf('number')
  }
  expect(canary.connections()).toBe(0)
  for (const host of arriving) {
    const before = canary.connections()
    await open(allowAll, `http://${withoutUser(host)}:${canary.port}/`)
    expect(canary.connections(), host).toBeGreaterThan(before)
  }
})

test('no special range is reached, whatever the port', async () => {
  for (const host of refused) {
    for (const link of [`http://${host}/`, `https://${host}/`, `http://${host}:8080/`]) {
      expect(await open(allowNone, link), link).toBe('ForbiddenAddress')
    }
  }
})

test('what is no address and no http is no link to anywhere', async () => {
  const links = ['http://[fe80::1%25eth0]/', 'http://127.0.0.1%00.example/', 'http://256.1.1.1/']
  for (const link of links) expect(await open(allowNone, link), link).toBe('no link')
  const schemes = [
    'file:///etc/passwd',
    'ftp://127.0.0.1/',
    'gopher://127.0.0.1/',
    'data:,x',
    'ws://x/',
  ]
  for (const link of schemes) expect(await open(allowAll, link), link).toBe('ImportFailure')
})

test('public addresses are public', () => {
  const hosts = [
    '1.1.1.1',
    '93.184.215.14',
    '172.32.0.1',
    '100.63.0.1',
    '[2606:4700::1111]',
    '[2a00:1450::1]',
  ]
  for (const host of hosts) {
    expect(() => allowNone.checkUrl(new URL(`http://${host}/`)), host).not.toThrow()
  }
})

test.each([301, 302, 303, 307, 308])(
  'a redirect by %i to this machine is not followed; without the guard it is',
  async (status) => {
    await using site = await startTestVideoSite()
    await using canary = await startCanary()
    const guard = createAddressGuard(parseImportAllow([site.host]))
    for (const host of arriving) {
      const to = encodeURIComponent(`http://${host}:${canary.port}/`)
      const link = `${site.origin}/redirect?status=${status}&to=${to}`
      expect(await open(guard, link), host).not.toBeTypeOf('number')
    }
    expect(canary.connections()).toBe(0)
    const to = encodeURIComponent(`http://127.0.0.1:${canary.port}/`)
    await open(allowAll, `${site.origin}/redirect?status=${status}&to=${to}`)
    expect(canary.connections()).toBe(1)
  },
)

/** A name that means one address when it is asked for first, and others after that. */
function rebinding(...answers: string[][]): Resolve {
  let asked = 0
  return async () => {
    const addresses = answers[Math.min(asked, answers.length - 1)] ?? []
    asked += 1
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
}

test('a name that means another address a moment later gains nothing', async () => {
  await using site = await startTestVideoSite()
  await using canary = await startCanary()
  const link = `http://rebind.test:${canary.port}/`
  const allowed = parseImportAllow(['127.0.0.9'])
  // The control: whoever looks once and connects by name later is led astray.
  const resolve = rebinding(['127.0.0.9'], ['127.0.0.1'])
  const [checked] = await resolve('rebind.test')
  expect(checked?.address).toBe('127.0.0.9')
  expect(await open(createAddressGuard(allowed, resolve), link)).toBe('ForbiddenAddress')
  expect(canary.connections()).toBe(0)
  await open(createAddressGuard(parseImportAllow(['127.0.0.0/8']), resolve), link)
  expect(canary.connections()).toBe(1)
  expect(site.requests).toEqual([])
})

test('a name is judged by what it means, however it is written', async () => {
  await using canary = await startCanary()
  const names = ['localhost.', 'inside.example', 'INSIDE.example.', '127.0.0.1.nip.example']
  for (const address of ['127.0.0.1', '::ffff:127.0.0.1', 'fe80::1%lo', '10.0.0.1', '64:ff9b::1']) {
    const guard = createAddressGuard([], rebinding([address]))
    for (const name of names) {
      expect(await open(guard, `http://${name}:${canary.port}/`)).toBe('ForbiddenAddress')
    }
  }
  expect(canary.connections()).toBe(0)
  await open(
    createAddressGuard(parseImportAllow(['127.0.0.1']), rebinding(['127.0.0.1'])),
    `http://inside.example:${canary.port}/`,
  )
  expect(canary.connections()).toBe(1)
})

test('of several addresses only those that are allowed are connected to', async () => {
  await using canary = await startCanary()
  const resolve = rebinding(['127.0.0.1', '10.0.0.1', '::1'])
  expect(await open(createAddressGuard([], resolve), `http://mixed.test:${canary.port}/`)).toBe(
    'ForbiddenAddress',
  )
  const six = createAddressGuard(parseImportAllow(['::1']), resolve)
  await expect(six.resolve('mixed.test', 80)).resolves.toEqual([{ address: '::1', family: 6 }])
  expect(canary.connections()).toBe(0)
})
