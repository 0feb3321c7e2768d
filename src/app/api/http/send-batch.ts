import { endpoints } from '#contract/endpoints.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { UploadBatchReply } from '#contract/uploads.ts'
import { type SendFile, type SendOptions, type SendOutcome, sendBody } from './send-file.ts'

export type BatchFile = Pick<SendFile, 'file' | 'name'> & { folder: FolderPath }

export type SendBatch = Pick<SendFile, 'idempotencyKey' | 'onStart' | 'signal'> & {
  files: readonly BatchFile[]
  /** `files[index]` has come so far; those before it are sent whole. */
  onProgress?: (index: number, sentBytes: number) => void
  /** The last byte is out: from now on any of them may be on the server. */
  onAllSent?: () => void
}

/** Sends many files as one request, which takes one slot of the window. `sendFile` says how it ends. */
export function sendBatch(
  options: SendOptions,
  { files, onProgress, ...send }: SendBatch,
): Promise<SendOutcome<UploadBatchReply>> {
  const { body, starts } = packForm(files, send.idempotencyKey)
  let index = 0
  return sendBody(options, endpoints.uploadBatch, {
    ...send,
    query: { path: '/' },
    body,
    onStart() {
      index = 0
      send.onStart?.()
    },
    onProgress(bytes) {
      while ((starts[index + 1] ?? Number.POSITIVE_INFINITY) <= bytes) index += 1
      const { size = 0 } = files[index]?.file ?? {}
      onProgress?.(index, Math.max(0, Math.min(size, bytes - (starts[index] ?? 0))))
    },
    misfit: ({ results }) =>
      results.length === files.length
        ? null
        : `The server answered for ${results.length} of ${files.length} files.`,
  })
}

/** Streams from the disk, as its files do. `starts`: where the bytes of each file begin. */
function packForm(files: readonly BatchFile[], id: string): { body: Blob; starts: number[] } {
  const boundary = `barkeep-${id}`
  const parts: (Blob | string)[] = []
  const starts: number[] = []
  let length = 0
  for (const { file, folder, name } of files) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename*=UTF-8''${escapeName(folder.slice(1) + name)}\r\n\r\n`
    starts.push(length + head.length)
    const part = file.slice()
    length += head.length + part.size + 2
    parts.push(head, part, '\r\n')
  }
  parts.push(`--${boundary}--\r\n`)
  // A blob's type is lower case, and so is the id.
  return { body: new Blob(parts, { type: `multipart/form-data; boundary=${boundary}` }), starts }
}

/** `filename` alone cannot tell a `"` from a `%22`. */
function escapeName(path: string): string {
  return encodeURIComponent(path).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  )
}
