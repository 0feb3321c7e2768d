import { once } from 'node:events'
import { chmod, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { importClientOf } from '#server/testing/imports/import-client.ts'
import { findTestTools } from '#server/testing/imports/test-yt-dlp.ts'
import { startTestVideoSite, type TestVideoSite } from '#server/testing/imports/video-site.ts'
import { makeTestCertificate } from '#server/testing/test-certificate.ts'
import { startServerProcess } from '#server/testing/test-server-process.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

/** The test video site by https, with a certificate nobody knows; its pages link to themselves. */
async function startTlsFront(site: TestVideoSite) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-https-'))
  const certificate = makeTestCertificate()
  const certificateFile = join(folder.path, 'source.pem')
  await writeFile(certificateFile, certificate.cert)
  const server = createServer(certificate, (incoming, outgoing) => {
    const { url = '/', headers } = incoming
    request(site.origin + url, { headers }, (answer) => {
      const toHttps = { ...answer.headers }
      delete toHttps['content-length']
      outgoing.writeHead(answer.statusCode ?? 500, toHttps)
      if (!/html/.test(answer.headers['content-type'] ?? '')) return void answer.pipe(outgoing)
      let page = ''
      answer.setEncoding('utf8').on('data', (text: string) => (page += text))
      answer.on('end', () => outgoing.end(page.replaceAll(`http://${headers.host}`, origin)))
    }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const origin = `https://${host}`
  return {
    ...{ origin, host, certificateFile },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** A server process whose imports may reach both sites. */
async function startServer(hosts: string[], settings: Record<string, string>) {
  const data = await mkdtempDisposable(join(tmpdir(), 'barkeep-https-data-'))
  const server = startServerProcess({
    ...{ BARKEEP_DATA: data.path, BARKEEP_RATE_LIMIT: '1000000' },
    ...{ BARKEEP_IMPORT_ALLOW: hosts.join(','), ...settings },
  })
  const client = await importClientOf(server, await server.firstKey)
  return {
    client,
    async run(url: string, type: 'file' | 'video' | 'auto') {
      const id = await client.start({ url, type, video: { quality: '360' } })
      return await client.waitFor(id, ({ state }) => state !== 'running')
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await data[Symbol.asyncDispose]()
    },
  }
}

const redirect = (origin: string, to: string) => `${origin}/redirect?to=${encodeURIComponent(to)}`

test('a file comes by https, and by redirects between http and https in both directions', async () => {
  await using site = await startTestVideoSite()
  await using front = await startTlsFront(site)
  await using server = await startServer([site.host, front.host], {
    NODE_EXTRA_CA_CERTS: front.certificateFile,
  })
  const links = {
    'direct.bin': `${front.origin}/file/direct.bin`,
    'down.bin': redirect(front.origin, `${site.origin}/file/down.bin`),
    'up.bin': redirect(site.origin, `${front.origin}/file/up.bin`),
  }
  for (const link of Object.values(links)) {
    expect(await server.run(link, 'auto'), link).toMatchObject({ state: 'completed' })
  }
  expect((await server.client.list('/')).names).toEqual(Object.keys(links))
})

const untrusted = 'The certificate of the site is not valid.'

test('a source whose certificate nobody trusts fails in words, also behind a redirect', async () => {
  await using site = await startTestVideoSite()
  await using front = await startTlsFront(site)
  await using server = await startServer([site.host, front.host], { BARKEEP_YT_DLP: '' })
  const link = `${front.origin}/file/a.bin`
  for (const [url, type] of [
    ...[[link, 'file'] as const, [link, 'auto'] as const],
    ...[[redirect(site.origin, link), 'file'] as const],
    ...[[`${front.origin}/watch/a`, 'video'] as const],
  ]) {
    expect(await server.run(url, type)).toMatchObject({ state: 'failed', error: untrusted })
  }
  expect(await server.client.list('/')).toEqual({ folders: [], names: [] })
})

/** The real yt-dlp, trusting the certificate. */
async function createTrustingYtDlp(certificateFile: string) {
  const tools = await findTestTools({ ytDlp: null, ffmpeg: null })
  if ('problem' in tools) throw new Error(tools.problem)
  const command = tools.ytDlp.map((part) => `'${part}'`).join(' ')
  const folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-trusting-'))
  const [path, calls] = [join(folder.path, 'yt-dlp'), join(folder.path, 'calls')]
  const script = `#!/bin/sh
echo "$https_proxy" >> '${calls}'
SSL_CERT_FILE='${certificateFile}' exec ${command} --compat-options no-certifi "$@"\n`
  await writeFile(path, script)
  await chmod(path, 0o700)
  const proxies = async () => (await readFile(calls, 'utf8')).match(/^http:.*@127\.0\.0\.1:\d+$/gm)
  return { path, proxies, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

test('a video comes by https through the filtering proxy; where that may not reach, it does not', async () => {
  await using site = await startTestVideoSite()
  await using front = await startTlsFront(site)
  await using ytDlp = await createTrustingYtDlp(front.certificateFile)
  const settings = { BARKEEP_YT_DLP: ytDlp.path, NODE_EXTRA_CA_CERTS: front.certificateFile }
  await using server = await startServer([front.host], settings)
  expect(await server.run(`${front.origin}/watch/a`, 'video')).toMatchObject({
    ...{ state: 'completed', folder: '/Harbour at dawn/' },
  })
  expect(await ytDlp.proxies()).toHaveLength(1)
  const before = site.requests.length

  // The page is allowed, and sends on to where nothing is.
  const trap = `${front.origin}/hostile/content?to=${encodeURIComponent(`${site.origin}/media/0/master.m3u8`)}`
  await using closed = await startServer([`${front.host}`], settings)
  expect(await closed.run(redirect(front.origin, `${site.origin}/watch/a`), 'video')).toMatchObject(
    { error: 'That link leads to a private address, which imports may not reach.' },
  )
  expect(await closed.run(trap, 'video')).toMatchObject({ state: 'failed' })
  const reached = site.requests.slice(before).map(({ line }) => line)
  expect(reached.filter((line) => /^GET \/(media|watch)/.test(line))).toEqual([])
})
