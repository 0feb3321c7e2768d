/** How far running imports are, in memory: a restart starts them again anyway. */
export type ImportProgress = {
  set(id: string, reading: ProgressReading): void
  get(id: string): ProgressReading | undefined
  delete(id: string): void
}

/** `percent` is 0–100, null where nobody knows the whole; then `bytes` tells that it moves. */
export type ProgressReading = { percent: number | null; bytes: number; title: string | null }

export function createImportProgress(): ImportProgress {
  const readings = new Map<string, ProgressReading>()
  return {
    set: (id, reading) => readings.set(id, reading),
    get: (id) => readings.get(id),
    delete: (id) => readings.delete(id),
  }
}

/** What a task keeps that ends before it is complete: how far it came, and its title where it had one. */
export function reachedBy(reading: ProgressReading | undefined) {
  if (reading === undefined) return {}
  return { progress: Math.floor(reading.percent ?? 0), title: reading.title }
}

/** `42%`, as the reference shows it; `12.5 MB` while the whole is unknown. Never 100 % before the end. */
export function progressText({ percent, bytes }: ProgressReading): string {
  if (percent !== null) return `${Math.min(99, Math.floor(percent))}%`
  return bytes === 0 ? '0%' : `${(bytes / 1_000_000).toFixed(1)} MB`
}
