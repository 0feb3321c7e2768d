import type { SendBatch } from '#app/api/http/send-batch.ts'
import { sizeOf } from '#app/features/uploads/upload.ts'
import {
  addSample,
  bytesPerSecond,
  type ProgressSample,
  type SendUploadOptions,
  secondsForBytes,
  still,
  type UploadTask,
} from './send-upload.ts'

type Member = Pick<UploadTask, 'id' | 'job'>

/** Keeps the rows of a pack up to date: one file after the other is sent, at the speed of all. */
export function meterPack(
  members: readonly Member[],
  { rows, clock }: Pick<SendUploadOptions, 'rows' | 'clock'>,
  onAllSent: (isAllSent: boolean) => void,
): Required<Pick<SendBatch, 'onStart' | 'onProgress' | 'onAllSent'>> {
  let samples: ProgressSample[] = []
  let whole = 0
  let wholeBytes = 0

  function showWhole(until: number) {
    for (; whole < until; whole += 1) {
      const { id = '', job } = members[whole] ?? {}
      const size = job ? sizeOf(job) : 0
      wholeBytes += size
      rows.change(id, { ...still, sentBytes: size })
    }
  }

  return {
    onStart() {
      onAllSent(false)
      samples = [{ at: clock.now(), bytes: 0 }]
      ;[whole, wholeBytes] = [0, 0]
      const ids = members.map(({ id }) => id)
      rows.changeMany(ids, (row) => ({ ...row, ...still, state: 'running', note: null }))
    },
    onProgress(index, sentBytes) {
      showWhole(index)
      const { id, job } = members[index] ?? {}
      if (id === undefined || !job) return
      const now = clock.now()
      samples = addSample(samples, { at: now, bytes: wholeBytes + sentBytes })
      const speed = bytesPerSecond(samples, now)
      const secondsLeft = secondsForBytes(sizeOf(job) - sentBytes, speed)
      rows.change(id, { sentBytes, bytesPerSecond: speed, secondsLeft })
    },
    onAllSent() {
      onAllSent(true)
      showWhole(members.length)
    },
  }
}
