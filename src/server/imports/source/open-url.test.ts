import { expect, test } from 'vitest'
import {
  type AddressGuard,
  createAddressGuard,
  parseImportAllow,
  type Resolve,
} from '#server/imports/guard/address-guard.ts'
import { startCanary } from '#server/testing/imports/canary.ts'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import { startTestSource } from '#server/testing/imports/source.ts'
import { startTestVideoSite } from '#server/testing/imports/video-site.ts'
import { closeBody, createSourceCookies, createUrlOpener } from './open-url.ts'
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
      signal: AbortSignal.timeout(60_000),
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

const from = (link: string, ...setCookie: string[]) => {
  const cookies = createSourceCookies()
  cookies.take(new URL(link), setCookie)
  return (to: string) => cookies.headerFor(new URL(to))
}

test('a cookie goes back to its host alone, and with a domain to the hosts below it', () => {
  const own = from('https://a.example.org/x', 'a=1')
  expect(own('https://a.example.org/y')).toBe('a=1')
  expect([own('https://b.a.example.org/'), own('https://example.org/')]).toEqual([null, null])
  const shared = from('https://a.example.org/', 'a=1; Domain=example.org')
  expect(shared('https://b.example.org/')).toBe('a=1')
  expect(shared('https://example.com/')).toBeNull()
})

test('nobody sets cookies for others, or for all of a public suffix', () => {
  for (const domain of ['other.org', 'org', 'co.uk']) {
    const cookies = from('https://a.example.co.uk/', `a=1; Domain=${domain}`)
    expect([cookies('https://other.org/'), cookies('https://b.co.uk/')]).toEqual([null, null])
  }
})

test('path, Secure and expiry are kept to', () => {
  const cookies = from(
    'https://a.example.org/in/x',
    ...['a=1; Path=/in', 'b=2; Secure; Path=/', 'c=3; Max-Age=0', 'd=4; Path=/'],
  )
  expect(cookies('https://a.example.org/in/y')).toBe('a=1; b=2; d=4')
  expect(cookies('https://a.example.org/out')).toBe('b=2; d=4')
  expect(cookies('http://a.example.org/out')).toBe('d=4')
})

test('what cannot be sent back, or is very large, is not kept', () => {
  const cookies = from(
    'http://a.example.org/',
    'a=\x01',
    `b=${'x'.repeat(5_000)}`,
    'c=\u00e9',
    'nonsense',
  )
  expect(cookies('http://a.example.org/')).toMatch(/^c=\u00e9/)
  const many = Array.from({ length: 180 }, (_, index) => `n${index}=${'x'.repeat(1_000)}`)
  expect(from('http://a.example.org/', ...many)('http://a.example.org/')?.length).toBeLessThan(
    17_000,
  )
})

test('an import keeps its cookies over redirects and broken connections; the next one knows nothing of them', async () => {
  const bytes = Buffer.alloc(200_000, 'x')
  await using source = await startTestSource((outgoing, incoming) => {
    const { cookie, range } = incoming.headers
    if (cookie !== 'seen=1') {
      outgoing.writeHead(302, { location: '/again', 'set-cookie': 'seen=1; Path=/' }).end()
      return
    }
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
    const size = bytes.length - start
    const headers = { etag: '"1"', 'content-range': `bytes ${start}-199999/200000` }
    outgoing.writeHead(start === 0 ? 200 : 206, { 'content-length': size, ...headers })
    // The first time it breaks off in the middle.
    if (start > 0) outgoing.end(bytes.subarray(start))
    else outgoing.write(bytes.subarray(0, 100_000), () => setTimeout(() => outgoing.destroy(), 300))
  })
  await using imports = await startTestImportServer({ config: { importAllow: [source.host] } })
  for (const type of ['file', 'auto'] as const) {
    const before = source.requests.length
    const task = await imports.run(`${source.origin}/${type}.bin`, { type })
    expect(task).toMatchObject({ state: 'completed', type: 'file' })
    const sent = source.requests.slice(before).map(({ cookie }) => cookie)
    expect(sent[0]).toBeUndefined()
    expect(sent.slice(1).every((cookie) => cookie === 'seen=1')).toBe(true)
    expect(sent.length).toBeGreaterThan(2)
  }
})

test('a cookie is not sent to another host that a redirect leads to', async () => {
  await using other = await startTestSource((outgoing) => void outgoing.end('there'))
  // Cookies know no ports, so the other host is another name of this machine.
  const elsewhere = other.origin.replace('127.0.0.1', 'localhost')
  await using source = await startTestSource((outgoing) => {
    outgoing
      .writeHead(302, { location: `${elsewhere}/a.bin`, 'set-cookie': 'secret=1; Path=/' })
      .end()
  })
  await using imports = await startTestImportServer({
    config: { importAllow: [source.host, other.host] },
    dependencies: { resolve: async () => [{ address: '127.0.0.1', family: 4 }] },
  })
  expect((await imports.run(`${source.origin}/x`, { type: 'file' })).state).toBe('completed')
  expect(other.requests.map(({ cookie }) => cookie)).toEqual([undefined])
})
