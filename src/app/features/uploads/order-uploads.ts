import type { Upload, UploadState } from './upload.ts'

/** What moves and what failed stays in sight, above two thousand that wait; what a reload left is below. */
const order: readonly UploadState[] = [
  'sending',
  'failed',
  'waiting',
  'interrupted',
  'done',
  'cancelled',
]

/** The rows as they are shown; among equals, the first that was added comes first. */
export function orderUploads(uploads: readonly Upload[]): readonly Upload[] {
  const byState = Object.groupBy(uploads, (upload) => upload.state)
  return order.flatMap((state) => byState[state] ?? [])
}
