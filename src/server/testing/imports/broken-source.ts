import type { ServerResponse } from 'node:http'
import { expect } from 'vitest'
import { type RetryPolicy, sourceRetryPolicy } from '#server/imports/source/retry-policy.ts'
import { startTestImportServer, type TestImportServer } from './import-server.ts'
import type { SourceAnswer, TestSource } from './source.ts'

// Two versions of one file, of one length: wherever they were joined, it shows.
export const [oldBytes, newBytes] = [Buffer.alloc(100_000, 'old.'), Buffer.alloc(100_000, 'new!')]
export const half = oldBytes.length / 2

/** Closes the connection instead of answering. */
export const hangUp: SourceAnswer = (outgoing) => void outgoing.destroy()
/** Never answers. */
export const silence: SourceAnswer = () => {}
/** An empty answer of this status. */
export const status =
  (code: number): SourceAnswer =>
  (outgoing) =>
    void outgoing.writeHead(code).end()

/** Answers that are to break as soon as an import reads them. */
const breaking: ServerResponse[] = []

/** Call it at every look at the import. What nobody has begun to read would be lost with the connection. */
export function breakerFor(imports: TestImportServer): () => void {
  let isReading = false
  return () => {
    if (isReading) breaking.pop()?.destroy()
    imports.leftovers().then(
      (names) => {
        isReading = names.length > 0
      },
      () => undefined,
    )
  }
}

export type AnswerHeaders = Record<string, string>

/** The whole file. */
export const whole =
  (bytes: Buffer, headers: AnswerHeaders = { etag: '"1"' }): SourceAnswer =>
  (outgoing) =>
    void outgoing.writeHead(200, { 'content-length': bytes.length, ...headers }).end(bytes)

/** The first half, and then the connection breaks or stands still. */
export const firstHalf =
  (then: 'breaks' | 'stalls', headers: AnswerHeaders = { etag: '"1"' }): SourceAnswer =>
  (outgoing) => {
    outgoing.writeHead(200, { 'content-length': oldBytes.length, ...headers })
    outgoing.write(oldBytes.subarray(0, half))
    if (then === 'breaks') breaking.push(outgoing)
  }

/** The second half of a file, as an answer to a range. */
export const secondHalf =
  (bytes: Buffer, headers: AnswerHeaders = { etag: '"1"' }): SourceAnswer =>
  (outgoing) =>
    void outgoing
      .writeHead(206, { 'content-range': `bytes ${half}-99999/100000`, ...headers })
      .end(bytes.subarray(half))

/** Pauses so short that a test need not wait for them. */
export const quick: RetryPolicy = { ...sourceRetryPolicy, firstPauseMs: 10, longestPauseMs: 40 }

/** A server whose imports may reach the source, and whose clock goes on at once. */
export async function startFor(source: TestSource, patience: Partial<RetryPolicy> = {}) {
  let lead = 0
  const clock = { now: () => Date.now(), monotonic: () => performance.now() + lead }
  const imports = await startTestImportServer({
    config: { importAllow: [source.host] },
    dependencies: { clock, patience: { ...quick, ...patience } },
  })
  const letAMinutePass = () => {
    lead += 61_000
  }
  return { ...imports, letAMinutePass }
}

/** What an import of the source ends as, and what it left; bytes only when it is complete. */
export async function importFrom(source: TestSource, patience: Partial<RetryPolicy> = {}) {
  await using imports = await startFor(source, patience)
  const id = await imports.start(`${source.origin}/film.bin`, { type: 'file' })
  const breakOnceRead = breakerFor(imports)
  const task = await imports.waitFor(id, ({ state }) => {
    breakOnceRead()
    return state !== 'running'
  })
  await imports.expectNoLeftovers()
  if (task.link === undefined) {
    expect((await imports.list()).names).toEqual([])
    return { error: task.error, bytes: null }
  }
  const bytes = Buffer.from(await (await fetch(task.link)).arrayBuffer())
  return { error: task.error, bytes }
}
