import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { importReply } from '#contract/imports.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'

/** A source that answers nobody until it is told to. */
async function startSilentSource() {
  const held: ServerResponse[] = []
  let isSilent = true
  const source = createServer((_request, response) => {
    if (isSilent) held.push(response)
    else response.end('bytes')
  })
  source.listen(0, '127.0.0.1')
  await once(source, 'listening')
  return {
    host: `127.0.0.1:${(source.address() as AddressInfo).port}`,
    answer() {
      isSilent = false
      for (const response of held) response.end('bytes')
    },
    [Symbol.dispose]: () => void source.close(),
  }
}

test('requests with one Idempotency-Key at once are one: the others wait for the answer of the first', async () => {
  using source = await startSilentSource()
  await using server = await startTestServer({ config: { importAllow: [source.host] } })
  const startWith = async (key: string) => {
    const headers = { 'idempotency-key': key }
    const link = { url: `http://${source.host}/a.bin` }
    const reply = await server.post('/api/v1/import', link, { headers })
    return importReply.parse(await reply.json()).task_id
  }
  const asked = Array.from({ length: 5 }, () => startWith('one'))
  // An address where nothing is tells the window and takes no slot of it.
  const remaining = async () =>
    Number((await server.get('/api/v1/none')).headers.get('x-ratelimit-remaining'))
  while ((await remaining()) > 55);
  source.answer()
  const tasks = await Promise.all(asked)
  expect(new Set(tasks).size).toBe(1)
  expect(await startWith('another')).not.toBe(tasks[0])
})
