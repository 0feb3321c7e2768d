import { createHash, randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { vi } from 'vitest'
import {
  fileHeader,
  partType,
  type ResumedFile,
  resumablePath,
  resumedFile,
} from '#contract/resumable.ts'

// Uploads in parts, as a client of few lines makes them. For tests.

export type TusTarget = { origin: string; key: string }

type Wish = {
  name: string
  folder?: string
  size: number
  headers?: Record<string, string>
  body?: Uint8Array<ArrayBuffer>
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

export const someBytes = (size: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(randomBytes(size))

/** A request about an upload; `at` is its address. */
export async function askTus(
  { origin, key }: TusTarget,
  method: string,
  at: string,
  { headers, body }: { headers?: Record<string, string>; body?: RequestInit['body'] } = {},
): Promise<Response> {
  return await fetch(origin + at, {
    method,
    headers: { authorization: `Bearer ${key}`, 'tus-resumable': '1.0.0', ...headers },
    body: body ?? null,
  })
}

export function beginTus(
  to: TusTarget,
  { name, folder, size, headers, body }: Wish,
): Promise<Response> {
  const path = folder === undefined ? '' : `,path ${base64(folder)}`
  return askTus(to, 'POST', resumablePath, {
    headers: {
      'upload-length': String(size),
      'upload-metadata': `filename ${base64(name)}${path}`,
      ...(body && { 'content-type': partType }),
      ...headers,
    },
    body: body ?? null,
  })
}

/** The address of a new upload. */
export async function beginAt(to: TusTarget, wish: Wish): Promise<string> {
  const reply = await beginTus(to, wish)
  if (reply.status !== 201) throw new Error(`${reply.status}: ${await reply.text()}`)
  return reply.headers.get('location') ?? ''
}

export function sendPart(
  to: TusTarget,
  at: string,
  { offset, bytes }: { offset: number; bytes: Uint8Array<ArrayBuffer> },
): Promise<Response> {
  const headers = { 'content-type': partType, 'upload-offset': String(offset) }
  return askTus(to, 'PATCH', at, { headers, body: bytes })
}

export async function offsetOf(to: TusTarget, at: string): Promise<number> {
  const reply = await askTus(to, 'HEAD', at)
  if (reply.status !== 200) throw new Error(`HEAD: ${reply.status}`)
  return Number(reply.headers.get('upload-offset'))
}

/** The file that an answer tells of; null where it tells of none. */
export function fileOf(reply: Response): ResumedFile | null {
  const text = reply.headers.get(fileHeader)
  return text === null ? null : resumedFile.parse(JSON.parse(text))
}

/** A part that announces `announced` bytes and stops after `bytes`: to be cut by its owner. */
export async function startPart(
  { origin, key }: TusTarget,
  at: string,
  part: { offset: number; bytes: Uint8Array; announced: number },
) {
  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname).setEncoding('latin1')
  let came = ''
  socket.on('data', (text) => {
    came += text
  })
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.write(
    `PATCH ${at} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nTus-Resumable: 1.0.0\r\n` +
      `Content-Type: ${partType}\r\nUpload-Offset: ${part.offset}\r\nContent-Length: ${part.announced}\r\n` +
      'Expect: 100-continue\r\n\r\n',
  )
  // It has passed all checks and is at work.
  await vi.waitFor(() => {
    if (!came.includes('100 Continue')) throw new Error(`No go-ahead: ${came}`)
  }, 30_000)
  socket.write(part.bytes)
  return {
    socket,
    /** All that was answered, once the connection is closed. */
    ended: closed.then(() => came.slice(came.indexOf('\r\n\r\n') + 4)),
    /** What was answered so far, after the go-ahead. */
    answered: () => came.slice(came.indexOf('\r\n\r\n') + 4),
    async cut() {
      socket.destroy()
      await closed
    },
  }
}
