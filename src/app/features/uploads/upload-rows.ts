import type { Amount, TransferState } from '#app/lib/transfers/transfer-sums.ts'
import { findGroup } from './find-group.ts'
import { type KeptUpload, newUpload, type Upload } from './upload.ts'

/** What runs and what failed stays in sight above thousands that wait. */
export const uploadSections: readonly (readonly TransferState[])[] = [
  ...(['running', 'failed', 'waiting', 'interrupted', 'done', 'cancelled'] as const),
].map((state) => [state])

/** In bytes. */
export function measureUpload({ state, size, sentBytes }: Upload): Amount {
  return { whole: size, moved: state === 'done' ? (size ?? 0) : sentBytes }
}

/** The row of an upload that a reload interrupted. */
export function interruptedRow(kept: KeptUpload): Upload {
  const failure = { code: 'interrupted', reopens: kept.handleId != null } as const
  return newUpload({ ...kept, group: findGroup(kept) }, { state: 'interrupted', failure })
}
