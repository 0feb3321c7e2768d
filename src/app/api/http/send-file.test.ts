import { expect, test, vi } from 'vitest'
import { createRateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { type SendFile, sendFile, stallMs } from './send-file.ts'

/** An XMLHttpRequest whose network is the test. */
class FakeRequest {
  static made: FakeRequest[] = []
  upload: { onprogress?: (event: { loaded: number }) => void; onload?: () => void } = {}
  onloadend = () => {}
  status = 0
  responseText = ''
  opened = ''
  headers: Record<string, string> = {}
  answered: Record<string, string> = {}
  body: Blob | null = null
  constructor() {
    FakeRequest.made.push(this)
  }
  open(method: string, url: URL) {
    this.opened = `${method} ${url.pathname}${url.search}`
  }
  setRequestHeader(name: string, value: string) {
    this.headers[name] = value
  }
  getResponseHeader(name: string) {
    return this.answered[name] ?? null
  }
  send(body: Blob) {
    this.body = body
  }
  abort() {
    this.onloadend()
  }
  answer(status: number, body: unknown, headers: Record<string, string> = {}) {
    Object.assign(this, { status, answered: headers, responseText: JSON.stringify(body) })
    this.onloadend()
  }
}

const reply = {
  status: 'ok',
  tracking_id: '1782',
  file_name: 'clip (2).mov',
  size: 5,
  link: 'https://share.test/1782/clip',
  folder: '/Films/',
}

function startSending(rest: Partial<SendFile> = {}) {
  vi.stubGlobal('location', { origin: 'https://barkeep.test' })
  vi.stubGlobal('XMLHttpRequest', FakeRequest)
  FakeRequest.made = []
  const gate = createRateLimitGate({ openChannel: null, locks: null })
  const errors: unknown[] = []
  const parts = { key: 'csb_live_secret', gate, onError: (error: unknown) => errors.push(error) }
  const outcome = sendFile(parts, {
    file: new File(['hello'], 'clip.mov', { type: 'video/quicktime' }),
    folder: '/Films/' as FolderPath,
    name: 'clip.mov',
    idempotencyKey: 'once',
    ...rest,
  })
  const request = () => vi.waitUntil(() => FakeRequest.made.at(-1))
  return { outcome, request, errors, gate }
}

test('a file goes out as a slice of itself, under its name, folder and idempotency key', async () => {
  const { outcome, request } = startSending()
  const sent = await request()
  expect(sent.opened).toBe('POST /api/v1/upload?filename=clip.mov&path=%2FFilms%2F')
  expect(sent.headers).toEqual({
    authorization: 'Bearer csb_live_secret',
    'idempotency-key': 'once',
  })
  expect(sent.body).not.toBeInstanceOf(File)
  expect(sent.body).toMatchObject({ size: 5, type: 'video/quicktime' })
  sent.answer(200, reply)
  expect(await outcome).toEqual({ outcome: 'sent', reply })
})

test('an answer of another size is no success', async () => {
  const { outcome, request } = startSending()
  ;(await request()).answer(200, { ...reply, size: 4 })
  expect(await outcome).toMatchObject({ outcome: 'refused', error: { code: 'size_mismatch' } })
})

test('a refusal is told with its code, and to whoever watches the session', async () => {
  const { outcome, request, errors } = startSending()
  ;(await request()).answer(401, { status: 'error', code: 'invalid_key', message: 'Revoked.' })
  expect(await outcome).toMatchObject({ outcome: 'refused', error: { code: 'invalid_key' } })
  expect(errors).toHaveLength(1)
})

test.each([
  [503, true],
  [504, true],
  [500, false],
  [413, false],
  ['a proxy’s 413', true],
  ['a sign-in page', true],
] as const)(
  '%s after the last byte tells that the file may have arrived: %s',
  async (status, expected) => {
    const { outcome, request } = startSending()
    const sent = await request()
    sent.upload.onload?.()
    if (typeof status === 'number') sent.answer(status, { status: 'error', code: 'x', message: '' })
    else sent.answer(status === 'a sign-in page' ? 200 : 413, '<html>')
    expect(await outcome).toMatchObject({ outcome: 'refused', mayHaveArrived: expected })
  },
)

test('a 503 in the middle of the bytes tells that the file is not there', async () => {
  const { outcome, request } = startSending()
  ;(await request()).answer(503, {})
  expect(await outcome).toMatchObject({ outcome: 'refused', mayHaveArrived: false })
})

test('a connection that is lost on the way lost the file', async () => {
  const { outcome, request } = startSending()
  const sent = await request()
  sent.upload.onprogress?.({ loaded: 3 })
  sent.onloadend()
  expect(await outcome).toEqual({ outcome: 'lost' })
})

test('a connection that is lost once all bytes were sent leaves it unclear', async () => {
  const { outcome, request } = startSending()
  const sent = await request()
  sent.upload.onload?.()
  sent.onloadend()
  expect(await outcome).toEqual({ outcome: 'unclear' })
})

test('thirty seconds without progress are a lost connection', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const { outcome, request } = startSending()
    await vi.advanceTimersByTimeAsync(100)
    const sent = await request()
    await vi.advanceTimersByTimeAsync(stallMs - 200)
    sent.upload.onprogress?.({ loaded: 1 })
    await vi.advanceTimersByTimeAsync(stallMs - 1)
    let isSettled = false
    void outcome.then(() => {
      isSettled = true
    })
    await vi.advanceTimersByTimeAsync(0)
    expect(isSettled).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await outcome).toEqual({ outcome: 'lost' })
  } finally {
    vi.useRealTimers()
  }
})

test('cancelling is an AbortError, and no outcome', async () => {
  const left = new AbortController()
  const { outcome, request } = startSending({ signal: left.signal })
  await request()
  left.abort()
  await expect(outcome).rejects.toMatchObject({ name: 'AbortError' })
})

test('progress is told in bytes of the file', async () => {
  const seen: number[] = []
  const { outcome, request } = startSending({ onProgress: ({ sentBytes }) => seen.push(sentBytes) })
  const sent = await request()
  for (const loaded of [1, 3, 99]) sent.upload.onprogress?.({ loaded })
  sent.answer(200, reply)
  await outcome
  expect(seen).toEqual([1, 3, 5])
})

test('a broken connection counts as a slot that may have been taken', async () => {
  const { outcome, request, gate } = startSending()
  ;(await request()).onloadend()
  await outcome
  expect(gate.getSnapshot().remaining).toBe(59)
})
