import type { ImportJob, ImportsSnapshot } from './import-job.ts'

/** The rows as immutable snapshots, the newest first. */
export function createImportRows() {
  let jobs: readonly ImportJob[] = []
  const listeners = new Set<() => void>()
  let snapshot: ImportsSnapshot = { jobs, totals: countJobs(jobs), isKept: true }

  function show(next: readonly ImportJob[]) {
    jobs = next
    const totals = countJobs(jobs)
    const isSame = JSON.stringify(snapshot.totals) === JSON.stringify(totals)
    snapshot = { ...snapshot, jobs, totals: isSame ? snapshot.totals : totals }
    for (const listener of listeners) listener()
  }

  return {
    get: (id: string) => jobs.find((job) => job.id === id),
    all: () => jobs,
    add: (added: readonly ImportJob[]) => show([...added, ...jobs]),
    put: (changed: ImportJob) => show(jobs.map((job) => (job.id === changed.id ? changed : job))),
    keep: (isKept: (job: ImportJob) => boolean) => show(jobs.filter(isKept)),
    noteKept(isKept: boolean) {
      if (snapshot.isKept === isKept) return
      snapshot = { ...snapshot, isKept }
      show(jobs)
    },
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    getSnapshot: () => snapshot,
  }
}

function countJobs(jobs: readonly ImportJob[]) {
  const counts = { waiting: 0, running: 0, done: 0, failed: 0, cancelled: 0 }
  for (const job of jobs) counts[job.state] += 1
  const { waiting, running, ...finished } = counts
  return { unfinished: waiting + running, ...finished }
}
