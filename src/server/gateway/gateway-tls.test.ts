import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import { expect, test } from 'vitest'
import { meReply } from '#contract/account.ts'
import { errorReply } from '#contract/api-error.ts'
import { uploadReply } from '#contract/uploads.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { makeTestCertificate } from '#server/testing/test-certificate.ts'
import { startServerProcess } from '#server/testing/test-server-process.ts'
import { ask, startRawUpstream, startTestGateway } from '#server/testing/test-upstream.ts'

/** A Barkeep that can be reached by https only through `origin`, with a certificate nobody knows. */
async function startTlsBarkeep() {
  const barkeep = await startTestServer()
  const folder = await mkdtemp(join(tmpdir(), 'barkeep-tls-'))
  const certificate = makeTestCertificate()
  const certificateFile = join(folder, 'upstream.pem')
  await writeFile(certificateFile, certificate.cert)
  const sockets = new Set<TLSSocket>()
  const front = createServer(certificate, (socket) => {
    const inner = connect(Number(new URL(barkeep.origin).port), '127.0.0.1')
    sockets.add(socket)
    for (const [from, to] of [
      [socket, inner],
      [inner, socket],
    ] as const) {
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
      from.pipe(to)
    }
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  return {
    barkeep,
    certificateFile,
    origin: `https://127.0.0.1:${(front.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => front.close(closed))
      await barkeep[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

test('an https upstream with a certificate that is trusted is used like any other', async () => {
  await using upstream = await startTlsBarkeep()
  await using gateway = startServerProcess({
    BARKEEP_UPSTREAM: upstream.origin,
    NODE_EXTRA_CA_CERTS: upstream.certificateFile,
  })
  const origin = await gateway.origin
  const headers = { authorization: `Bearer ${upstream.barkeep.key}` }

  const me = await fetch(`${origin}/api/v1/me`, { headers })
  expect(meReply.parse(await me.json()).username).toBe('owner')

  const bytes = Buffer.alloc(10_000_000, 'barkeep')
  const sent = await fetch(`${origin}/api/v1/upload?filename=a.bin`, {
    ...{ method: 'POST', headers, body: bytes },
  })
  const { link, size } = uploadReply.parse(await sent.json())
  expect(size).toBe(bytes.length)
  const stored = Buffer.from(await (await fetch(link)).arrayBuffer())
  expect(stored.equals(bytes)).toBe(true)
})

test('an https upstream whose certificate nobody trusts is 503, a line in the log, and no more', async () => {
  await using upstream = await startTlsBarkeep()
  await using gateway = startServerProcess({ BARKEEP_UPSTREAM: upstream.origin })
  const origin = await gateway.origin
  const headers = { authorization: `Bearer ${upstream.barkeep.key}` }

  for (const init of [{ headers }, { headers, method: 'POST', body: 'bytes' }]) {
    const reply = await fetch(`${origin}/api/v1/upload?filename=a.txt`, init)
    expect(reply.status).toBe(503)
    expect(errorReply.parse(await reply.json()).code).toBe('unavailable')
  }

  expect((await fetch(`${origin}/healthz`)).status).toBe(200)
  const told = () => gateway.output().stderr.match(/^.*self-signed.*$/gm) ?? []
  await expect.poll(told).toHaveLength(2)
  expect(told()[0]).toContain(`${upstream.origin} failed:`)
  expect(gateway.output().stderr).not.toContain(upstream.barkeep.key)
})

test('an https upstream that never ends its handshake is given up as one that is not there', async () => {
  await using mute = await startRawUpstream(() => undefined)
  const lines: string[] = []
  await using gateway = await startTestGateway(`https://127.0.0.1:${mute.port}`, {
    connectMs: 200,
    log: (line) => void lines.push(line),
  })

  expect((await ask(`${gateway.origin}/api/v1/me`)).status).toBe(503)
  expect(lines).toEqual([expect.stringContaining('no connection within 200 ms')])
})
