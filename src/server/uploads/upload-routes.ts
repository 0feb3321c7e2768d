import type { FastifyInstance } from 'fastify'
import { endpoints } from '#contract/endpoints.ts'
import type { FileName } from '#contract/file-name.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { UploadReply } from '#contract/uploads.ts'
import {
  type MinThroughput,
  monitorThroughput,
  type ThroughputMonitor,
} from '#server/bytes/throughput-monitor.ts'
import type { Clock } from '#server/core/clock.ts'
import { ApiFailure, fileTooLarge } from '#server/core/failure.ts'
import { fileLink, type StoredFile } from '#server/files/file-repository.ts'
import type { IncomingBytes } from '#server/http/request/incoming-bytes.ts'
import type { Route } from '#server/http/route/route.ts'
import type { BlobStore, StagedBlob } from '#server/storage/blob-store.ts'
import type { AcceptUpload, Upload } from './accept-upload.ts'

type Deps = {
  route: Route<{ id: string; userId: string }>
  accept: AcceptUpload
  receive: ReceiveUpload
  publicUrl(): string
}

export function addUploadRoutes(app: FastifyInstance, deps: Deps): void {
  const { route, accept, receive, publicUrl } = deps

  route(app, endpoints.upload, async ({ query, body, ...request }) => {
    const replyOf = (file: StoredFile) => uploadReply(file, publicUrl())
    const upload = singleUpload(query, (signal) => receive(body, signal), replyOf)
    return await accept(request, upload)
  })
}

/** The body is one file. */
export function singleUpload(
  { path: folder, filename: name }: { path: FolderPath; filename: FileName },
  receive: (signal: AbortSignal) => Promise<StagedBlob>,
  replyOf: (file: StoredFile) => UploadReply,
): Upload<StagedBlob, UploadReply> {
  return {
    ...{ endpoint: 'upload', receive },
    filesOf: (staged) => [{ folder, name, staged }],
    fingerprintOf: ({ sha256 }) => [folder, name, sha256],
    replyOf: (_staged, [file]) => replyOf(file as StoredFile),
  }
}

/** What an upload is answered. */
export function uploadReply(file: StoredFile, publicUrl: string): UploadReply {
  return {
    status: 'ok',
    tracking_id: file.trackingId,
    file_name: file.name,
    size: file.size,
    link: fileLink(publicUrl, file),
    folder: file.folder,
  }
}

type ReceiveOptions = { blobs: BlobStore; clock: Clock; maxBytes: number }

/** What is left for one who may not send as much as others; and what to say of more. */
export type BytesLeft = { bytes: number; tooMany: ApiFailure }

export type ReceiveUpload = (
  body: IncomingBytes,
  signal: AbortSignal,
  left?: BytesLeft,
) => Promise<StagedBlob>

/**
 * Makes the step from a socket to a staged blob: all of the body, or nothing.
 * @throws ApiFailure, and what `signal` was aborted with
 */
export function createReceiveUpload({ blobs, clock, maxBytes }: ReceiveOptions): ReceiveUpload {
  return async (body, signal, left) => {
    const { declaredBytes } = body
    const limits =
      left && left.bytes < maxBytes
        ? { maxBytes: left.bytes, tooLarge: left.tooMany }
        : { maxBytes }
    using watch = watchUpload(clock, { ...limits, declaredBytes })
    // Before a byte is read, and before the client is asked for one.
    watch.signal.throwIfAborted()
    await blobs.ensureFreeSpace(declaredBytes ?? 0)
    signal.throwIfAborted()
    // Also while no byte comes.
    signal.addEventListener('abort', () => watch.stop(signal.reason), { once: true })
    return await blobs.stage(body.open(watch), {
      expectedBytes: declaredBytes,
      isRoomEnsured: true,
      signal,
    })
  }
}

/** "Idle 30 s, or under 1 kB/s on average after the first minute": such a client only holds a place. */
const pace: MinThroughput = { idleMs: 30_000, graceMs: 60_000, minBytesPerSecond: 1_000 }

export type UploadWatch = ThroughputMonitor

export type UploadLimits = {
  maxBytes: number
  declaredBytes?: number | undefined
  /** What to say of more than `maxBytes`. */
  tooLarge?: ApiFailure
  /** What came before a client was too slow is kept. */
  kept?: boolean
}

/**
 * Aborts its signal, with an ApiFailure as the reason, once the client is too slow, or announces or
 * sends more than `maxBytes`: with the very chunk, for it may send no other.
 */
export function watchUpload(clock: Clock, limits: UploadLimits): UploadWatch {
  const { maxBytes, declaredBytes, tooLarge = fileTooLarge(maxBytes), kept = false } = limits
  const watch = monitorThroughput(clock, pace, (why) => tooSlow(why, kept))
  const check = (bytes: number) => bytes > maxBytes && watch.stop(tooLarge)
  let bytes = 0
  check(declaredBytes ?? 0)
  return {
    ...watch,
    note(arrived) {
      bytes += arrived
      check(bytes)
      watch.note(arrived)
    },
  }
}

/**
 * Not the client's mistake: a laptop fell asleep, a train went into a tunnel. 503 is what clients try
 * again by themselves.
 */
function tooSlow(why: 'idle' | 'trickling', kept: boolean): ApiFailure {
  const what =
    why === 'idle'
      ? `The upload stood still for ${pace.idleMs / 1000} seconds`
      : `The upload was slower than ${pace.minBytesPerSecond} bytes a second`
  const next = kept
    ? '. What came is kept: go on from there.'
    : ', and nothing of it was kept. Send it again.'
  return new ApiFailure('unavailable', what + next)
}
