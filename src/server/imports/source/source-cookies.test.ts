import { expect, test } from 'vitest'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import { startTestSource } from '#server/testing/imports/source.ts'
import { createSourceCookies } from './source-cookies.ts'

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
    outside: { resolve: async () => [{ address: '127.0.0.1', family: 4 }] },
  })
  expect((await imports.run(`${source.origin}/x`, { type: 'file' })).state).toBe('completed')
  expect(other.requests.map(({ cookie }) => cookie)).toEqual([undefined])
})
