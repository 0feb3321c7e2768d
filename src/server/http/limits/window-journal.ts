import { closeSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { rateLimitWindowSeconds } from '#contract/rate-limit.ts'
import type { Clock } from '#server/core/clock.ts'

const windowMs = rateLimitWindowSeconds * 1000

/** Persists what limiters let through. */
export type WindowJournal = {
  /** What a group let through before the start: name → monotonic times of the last minute, oldest first. */
  restored(group: string): Map<string, number[]>
  note(group: string, name: string, time: number): void
  close(): void
}

type Entry = [group: string, name: string, monotonic: number, epochMs: number]
type Options = { dataFolder: string; clock: Clock; warn(message: string): void }

/**
 * Persists the windows over restarts and crashes: one line for each admitted request, written before
 * its response and never fsynced, so it survives the process but not a power cut. Two files alternate
 * by the minute, so nothing old has to be filtered out.
 */
export function openWindowJournal({ dataFolder, clock, warn }: Options): WindowJournal {
  const paths = [0, 1].map((turn) => join(dataFolder, `rate-windows-${turn}.log`)) as [
    string,
    string,
  ]
  const kept = paths.flatMap((path) => readEntries(path, clock))
  let turn: 0 | 1 = 0
  let turnEndsAt = clock.monotonic() + windowMs
  let file: number | null = null

  function open(text: string): void {
    // Atomic: a kill halfway must not lose the rest.
    const draft = `${paths[turn]}.new`
    writeFileSync(draft, text, { mode: 0o600 })
    renameSync(draft, paths[turn])
    if (file !== null) closeSync(file)
    file = openSync(paths[turn], 'a', 0o600)
  }

  const guarded = (work: () => void) => {
    try {
      work()
    } catch (error) {
      // A full disk must not refuse requests; only the windows of the next restart are lost.
      warn(`The rate windows could not be kept: ${(error as Error).message}`)
      turnEndsAt = clock.monotonic() + windowMs
    }
  }
  function write(entry: Entry): void {
    if (clock.monotonic() >= turnEndsAt) {
      turn = turn === 0 ? 1 : 0
      turnEndsAt = clock.monotonic() + windowMs
      open(head)
    }
    if (file !== null) writeSync(file, `${JSON.stringify(entry)}\n`)
  }
  const head = `${JSON.stringify(clock.bootId ?? '')}\n`
  guarded(() => {
    open(head + kept.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
    writeFileSync(paths[1], head, { mode: 0o600 })
  })

  return {
    restored(group) {
      const restored = new Map<string, number[]>()
      for (const [owner, name, time] of kept) {
        if (owner === group) restored.set(name, [...(restored.get(name) ?? []), time])
      }
      for (const times of restored.values()) times.sort((one, other) => one - other)
      return restored
    },
    note: (group, name, time) => guarded(() => write([group, name, time, clock.now()])),
    close() {
      if (file !== null) closeSync(file)
      file = null
    },
  }
}

/** What was let through in the last minute, in this process's monotonic time. */
function readEntries(path: string, clock: Clock): Entry[] {
  const [head = '', ...lines] = readText(path).split('\n')
  const isSameBoot = head === JSON.stringify(clock.bootId ?? '')
  const now = clock.monotonic()
  return lines.flatMap((line): Entry[] => {
    const entry = readEntry(line)
    if (entry === null) return []
    const [group, name, monotonic, epochMs] = entry
    // Since the machine itself was started anew there is only the wall clock, which may have been set
    // back: then it was just now.
    const age = Math.max(0, isSameBoot ? now - monotonic : clock.now() - epochMs)
    return age < windowMs ? [[group, name, now - age, epochMs]] : []
  })
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Null for a line that a kill cut short. */
function readEntry(line: string): Entry | null {
  try {
    const [group, name, monotonic, epochMs] = JSON.parse(line)
    const isWhole = typeof name === 'string' && [monotonic, epochMs].every(Number.isFinite)
    return isWhole ? [String(group), name, monotonic, epochMs] : null
  } catch {
    return null
  }
}
