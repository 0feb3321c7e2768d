import type { Readable } from 'node:stream'
import { Dicer } from '@fastify/busboy'
import type { ByteBatch } from '#server/bytes/batch-chunks.ts'
import { ApiFailure } from '#server/core/failure.ts'

/** By lower-case name, in the order they came; each byte a character. */
export type PartHead = Readonly<Record<string, readonly string[]>>

export type FormReader = {
  /**
   * A part begins; called in their order. `head` is null where it ends before its head does. Whoever
   * takes `bytes` reads it to its end or has it `resume`; it fails where the form breaks off.
   */
  onPart(head: PartHead | null, bytes: Readable): void
  /** Asked before more is read. */
  mayGoOn(): Promise<void>
}

/** Longer heads are cut: nobody may fill the memory with one. */
const maxHeadBytes = 16 * 1024

const brokenOff = new ApiFailure(
  'invalid_request',
  'The form ends before its closing boundary, so none of its files was kept. Send all of it again.',
)

/**
 * Reads a multipart body, part by part.
 * @throws ApiFailure `invalid_request` when it does not end as a form does, and what `body` throws
 */
export async function readForm(
  body: AsyncIterable<ByteBatch>,
  boundary: string,
  { onPart, mayGoOn }: FormReader,
): Promise<void> {
  let open: { bytes: Readable; isHeaded: boolean } | null = null
  const closePart = () => {
    if (open && !open.isHeaded) onPart(null, open.bytes.resume())
  }
  // The types do not know it.
  const limits = { boundary, maxHeaderSize: maxHeadBytes }
  const parser = new Dicer(limits)
  const ended = Promise.withResolvers<void>()
  ended.promise.catch(() => {})
  parser.on('part', (bytes) => {
    closePart()
    const part = { bytes, isHeaded: false }
    open = part
    bytes.on('error', () => {})
    bytes.on('header', (head) => {
      part.isHeaded = true
      onPart(head as PartHead, bytes)
    })
  })
  parser.on('finish', () => ended.resolve())
  parser.on('error', () => ended.reject(brokenOff))
  try {
    for await (const batch of body) {
      for (const chunk of batch) {
        await mayGoOn()
        await write(parser, chunk)
      }
    }
    parser.end()
    await ended.promise
    closePart()
  } catch (error) {
    ;(open as { bytes: Readable } | null)?.bytes.destroy(error as Error)
    throw error
  }
}

async function write(parser: Dicer, chunk: Uint8Array): Promise<void> {
  // What comes after the closing boundary is none of the form.
  if (!parser.writable) return
  await new Promise<void>((resolve) => parser.write(chunk, () => resolve()))
}
