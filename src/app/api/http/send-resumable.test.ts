import { expect, test, vi } from 'vitest'
import { createRateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { type SendResumable, sendResumable } from './send-resumable.ts'

const file = {
  ...{ tracking_id: '1782', file_name: 'Kinder 子.mov', size: 10, folder: '/Films/' },
  ...{ link: 'https://share.test/1782/clip', sha256: 'ab' },
}
const fileHeader = JSON.stringify(file).replace('子', '\\u5b50')

type Answer = { status: number; headers?: Record<string, string>; body?: unknown }
type Asked = { what: string; headers: Record<string, string>; body: string }

/** An XMLHttpRequest that `answers` in turn; null breaks the connection once all is sent. */
function fakeRequests(answers: (Answer | null | 'never')[]) {
  const asked: Asked[] = []
  class FakeRequest {
    upload: { onprogress?: (event: { loaded: number }) => void; onload?: () => void } = {}
    onloadend = () => {}
    status = 0
    responseText = ''
    #what = ''
    #headers: Record<string, string> = {}
    #answered: Record<string, string> = {}
    open(method: string, url: string | URL) {
      this.#what = `${method} ${new URL(url).pathname}`
    }
    setRequestHeader(name: string, value: string) {
      this.#headers[name] = value
    }
    getResponseHeader(name: string) {
      return this.#answered[name.toLowerCase()] ?? null
    }
    abort() {
      this.onloadend()
    }
    async send(body: Blob | null) {
      asked.push({ what: this.#what, headers: this.#headers, body: (await body?.text()) ?? '' })
      const answer = answers.shift()
      if (answer === 'never') return
      this.upload.onprogress?.({ loaded: body?.size ?? 0 })
      this.upload.onload?.()
      if (answer) {
        const { status, headers, body: told } = answer
        this.#answered = { 'tus-resumable': '1.0.0', ...headers }
        Object.assign(this, { status, responseText: told ? JSON.stringify(told) : '' })
      }
      this.onloadend()
    }
  }
  vi.stubGlobal('location', { origin: 'https://barkeep.test' })
  vi.stubGlobal('XMLHttpRequest', FakeRequest)
  return asked
}

const at = '/api/v1/upload/resumable/1'
const begun = { status: 201, headers: { location: at } }
const offset = (bytes: number, headers = {}) => ({
  status: 204,
  headers: { 'upload-offset': String(bytes), ...headers },
})
const head = (bytes: number, headers = {}) => ({
  status: 200,
  headers: { 'upload-offset': String(bytes), 'upload-length': '10', ...headers },
})
const refusal = (status: number, code: string) => ({
  ...{ status, body: { status: 'error', code, message: 'No.' } },
})

function send(answers: Parameters<typeof fakeRequests>[0], rest: Partial<SendResumable> = {}) {
  const asked = fakeRequests(answers)
  const gate = createRateLimitGate({ openChannel: null, locks: null })
  const gated = vi.spyOn(gate, 'run')
  const seen: unknown[] = []
  const errors: unknown[] = []
  const options = { key: 'csb_live_secret', gate, onError: (error: unknown) => errors.push(error) }
  const outcome = sendResumable(options, {
    ...{ file: new File(['0123456789'], 'a.mov'), folder: '/Films/' as FolderPath },
    ...{ name: 'Kinder 子.mov', idempotencyKey: 'k-1', at: null },
    onAddress: (address) => seen.push(address),
    onStart: (bytes) => seen.push(`start at ${bytes}`),
    onProgress: ({ sentBytes }) => seen.push(sentBytes),
    ...rest,
  })
  return { outcome, asked, gated, seen, errors }
}

test('a new upload is begun with its name, sent, and told of; each request passes the gate', async () => {
  const { outcome, asked, gated, seen } = send([begun, offset(10, { 'upload-file': fileHeader })])
  expect(await outcome).toEqual({ outcome: 'sent', reply: file })
  const metadata = `filename ${btoa('Kinder \xe5\xad\x90.mov')},path ${btoa('/Films/')}`
  expect(asked).toMatchObject([
    {
      what: 'POST /api/v1/upload/resumable',
      headers: {
        ...{ authorization: 'Bearer csb_live_secret', 'tus-resumable': '1.0.0' },
        ...{ 'upload-length': '10', 'upload-metadata': metadata, 'idempotency-key': 'k-1' },
      },
    },
    { what: `PATCH ${at}`, headers: { 'upload-offset': '0' }, body: '0123456789' },
  ])
  expect(seen.slice(0, 2)).toEqual([at, 0])
  expect(seen).toContain('start at 0')
  expect(seen.at(-1)).toBe(10)
  expect(gated).toHaveBeenCalledTimes(2)
})

test('one that was begun goes on where it stopped', async () => {
  const { outcome, asked, seen } = send([head(4), offset(10, { 'upload-file': fileHeader })], {
    at,
  })
  expect(await outcome).toMatchObject({ outcome: 'sent' })
  expect(asked.map(({ what, body }) => [what, body])).toEqual([
    [`HEAD ${at}`, ''],
    [`PATCH ${at}`, '456789'],
  ])
  expect(seen).toContain('start at 4')
})

test('one whose last answer was lost is whole, and nothing is sent', async () => {
  const { outcome, asked } = send([head(10, { 'upload-file': fileHeader })], { at })
  expect(await outcome).toEqual({ outcome: 'sent', reply: file })
  expect(asked).toHaveLength(1)
})

test('one that is gone is begun anew, from the beginning', async () => {
  const next = { status: 201, headers: { location: `${at}2` } }
  const answers = [{ status: 404 }, next, offset(10, { 'upload-file': fileHeader })]
  const { outcome, asked, seen } = send(answers, { at })
  expect(await outcome).toMatchObject({ outcome: 'sent' })
  expect(asked.map(({ what }) => what.split(' ')[0])).toEqual(['HEAD', 'POST', 'PATCH'])
  expect(seen[0]).toBe(`${at}2`)
})

test('a connection that breaks is lost, and after its last byte nobody knows', async () => {
  expect(await send([null]).outcome).toEqual({ outcome: 'lost' })
  expect(await send([begun, null]).outcome).toEqual({ outcome: 'unclear' })
  expect(await send([null], { at }).outcome).toEqual({ outcome: 'lost' })
  // Taken over by another tab, or ended there: it asks again how far it is.
  const conflict = refusal(409, 'conflict')
  expect(await send([head(4), conflict], { at }).outcome).toEqual({ outcome: 'lost' })
  expect(await send([begun, refusal(404, 'not_found')]).outcome).toEqual({ outcome: 'lost' })
})

test('a refusal is told as it is, also where an answer to HEAD cannot say why', async () => {
  const bad = send([refusal(400, 'invalid_request')])
  expect(await bad.outcome).toMatchObject({
    outcome: 'refused',
    error: { code: 'invalid_request' },
  })
  const revoked = send([{ status: 401 }], { at })
  expect(await revoked.outcome).toMatchObject({ error: { code: 'invalid_key', status: 401 } })
  expect(revoked.errors).toHaveLength(1)
  const proxy = send([{ status: 401, headers: { 'tus-resumable': '' } }], { at })
  expect(await proxy.outcome).toMatchObject({ error: { code: 'foreign_answer', status: 401 } })
  const full = send([refusal(503, 'unavailable')])
  expect(await full.outcome).toMatchObject({ error: { code: 'unavailable', status: 503 } })
})

test('an answer that makes no sense is no success', async () => {
  for (const headers of [{}, { 'upload-file': '{' }, { 'upload-file': '{"size":10}' }]) {
    const { outcome } = send([begun, offset(10, headers)])
    expect(await outcome).toMatchObject({ outcome: 'refused', error: { code: 'size_mismatch' } })
  }
  const short = JSON.stringify({ ...file, size: 9 })
  const { outcome } = send([begun, offset(10, { 'upload-file': short })])
  expect(await outcome).toMatchObject({ outcome: 'refused', error: { code: 'size_mismatch' } })
  expect(await send([{ status: 201 }]).outcome).toMatchObject({
    ...{ outcome: 'refused', error: { code: 'unexpected_answer' } },
  })
})

test('it ends at once when it is stopped, and the request with it', async () => {
  const stop = new AbortController()
  const { outcome, asked } = send([begun, 'never'], { signal: stop.signal })
  await vi.waitFor(() => expect(asked).toHaveLength(2), 30_000)
  stop.abort()
  await expect(outcome).rejects.toMatchObject({ name: 'AbortError' })
})
