import type { FastifyInstance } from 'fastify'
import type { AccessWatch } from '#server/core/access-watch.ts'
import type { Clock } from '#server/core/clock.ts'
import type { Locks } from '#server/core/locks.ts'
import type { AddFiles } from '#server/files/add-files.ts'
import type { FindSame } from '#server/files/file-listing.ts'
import type { Route } from '#server/http/route/route.ts'
import type { Idempotency } from '#server/idempotency/idempotency.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { Database } from '#server/storage/database.ts'
import { type AcceptUpload, createAcceptUpload } from '#server/uploads/accept-upload.ts'
import { addBatchRoutes } from '#server/uploads/batch/batch-routes.ts'
import { createReceiveBatch, type ReceiveBatch } from '#server/uploads/batch/receive-batch.ts'
import { addResumableRoutes } from '#server/uploads/resumable/resumable-routes.ts'
import {
  addUploadRoutes,
  createReceiveUpload,
  type ReceiveUpload,
} from '#server/uploads/upload-routes.ts'

type Deps = {
  database: Database
  blobs: BlobStore
  clock: Clock
  locks: Locks
  hasPeers: boolean
  access: AccessWatch
  addFiles: AddFiles
  findSame: FindSame
  idempotency: Idempotency
  route: Route<{ id: string; userId: string }>
  /** Per file. */
  maxBytes: number
  publicUrl(): string
}

/** What receives uploads, for others than the account's own keys. */
type Uploads = { accept: AcceptUpload; receive: ReceiveUpload; receiveBatch: ReceiveBatch }

/** All ways of uploading: a file a request, many files a request, many requests a file. */
export function addUploads(app: FastifyInstance, deps: Deps): Uploads {
  const accept = createAcceptUpload(deps)
  const receive = createReceiveUpload(deps)
  addUploadRoutes(app, { ...deps, accept, receive })
  const receiveBatch = createReceiveBatch(deps)
  addBatchRoutes(app, { ...deps, accept, receiveBatch })
  addResumableRoutes(app, deps)
  return { accept, receive, receiveBatch }
}
