import * as z from 'zod/mini'
import { uploadReply } from './uploads.ts'

/**
 * An addition of Barkeep, for keys with the scope `upload`, where `GET /api/server` names `resumable`:
 * uploads by the tus protocol, https://tus.io/protocols/resumable-upload, version 1.0.0. A file comes in
 * as many requests as it takes.
 */

export const tusVersion = '1.0.0'

/** Where uploads are begun; each has an address of its own below it, which `Location` tells. */
export const resumablePath = '/api/v1/upload/resumable'

/** The content type of every part. */
export const partType = 'application/offset+octet-stream'

/** An answer by which the whole file has come carries it here, as JSON in ASCII. */
export const fileHeader = 'upload-file'

/** What `fileHeader` says: what `POST /upload` answers, with the SHA-256 in hex. */
export const resumedFile = z.extend(z.omit(uploadReply, { status: true }), { sha256: z.string() })

export type ResumedFile = z.infer<typeof resumedFile>
