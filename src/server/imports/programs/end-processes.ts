import { readdirSync, readFileSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** The variable that each program of an import gets, and with it everything that it starts. */
export const markVariable = 'BARKEEP_IMPORT_RUN'

/** What one import runs: a process group, and whoever left it but still carries the mark. */
export type ProcessFamily = {
  /** The pid of the group's leader; null where nobody knows it any more. */
  group: number | null
  marks: ReadonlySet<string>
}

/** 0 only asks whether anybody is there. */
type Signal = NodeJS.Signals | 0

// Cancelling promises an end within two seconds; this leaves the rest to the kernel.
const politeMs = 800
const killMs = 500
const lookEveryMs = 20
const markPattern = /^[0-9a-f-]{36}$/

/** Asks all of a family to end, then makes it. Resolves when it is gone, or after 1.3 seconds. */
export async function endProcesses(family: ProcessFamily): Promise<void> {
  const left = { ...family }
  if (await untilGone(left, { first: 'SIGTERM', again: 0, atMostMs: politeMs })) return
  await killUntilGone(left)
}

/** Kills at once, for a server that has no time left itself. */
export function killProcesses(family: ProcessFamily): void {
  signalAll({ ...family }, 'SIGKILL')
}

/**
 * Ends what a server that was killed left running. Each of its runs has a work folder that is named
 * like the run's mark: call this before those are swept.
 */
export async function endLeftoverProcesses(workFolders: string[]): Promise<void> {
  const listed = workFolders.map((folder) => readdir(folder).catch(() => []))
  const names = (await Promise.all(listed)).flat()
  const marks = names.filter((name) => markPattern.test(name))
  if (marks.length > 0) await killUntilGone({ group: null, marks: new Set(marks) })
}

/** Again and again: a process that was just being started was in no list made before. */
async function killUntilGone(family: ProcessFamily): Promise<void> {
  await untilGone(family, { first: 'SIGKILL', again: 'SIGKILL', atMostMs: killMs })
}

/** Sends `first` once and `again` at every look after it; false when some live even then. */
async function untilGone(
  family: ProcessFamily,
  { first, again, atMostMs }: { first: Signal; again: Signal; atMostMs: number },
): Promise<boolean> {
  const deadline = performance.now() + atMostMs
  let isAlive = signalAll(family, first)
  while (isAlive && performance.now() < deadline) {
    await wait(lookEveryMs)
    isAlive = signalAll(family, again)
  }
  return !isAlive
}

/** True when there was somebody to signal. A group that is gone is forgotten: its number is free. */
function signalAll(family: ProcessFamily, signal: Signal): boolean {
  if (family.group !== null && !sendSignal(-family.group, signal)) family.group = null
  let isAlive = family.group !== null
  for (const pid of readPids()) {
    // Read and signalled in one breath: a pid that is kept could be another process's by then.
    if (hasMark(pid, family.marks) && sendSignal(Number(pid), signal)) isAlive = true
  }
  return isAlive
}

function sendSignal(target: number, signal: Signal): boolean {
  try {
    return process.kill(target, signal)
  } catch {
    // No such process: it is gone, or the whole group is.
    return false
  }
}

/** All pids where the system lists them as files, which is Linux; elsewhere the group has to do. */
function readPids(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

/** What is dead but not collected has no environment any more, and counts as gone. */
function hasMark(pid: string, marks: ReadonlySet<string>): boolean {
  try {
    const folder = join('/proc', pid)
    if (statSync(folder).uid !== process.getuid?.()) return false
    const variables = readFileSync(join(folder, 'environ'), 'latin1').split('\0')
    const prefix = `${markVariable}=`
    const mark = variables.find((variable) => variable.startsWith(prefix))?.slice(prefix.length)
    return mark !== undefined && marks.has(mark)
  } catch {
    return false
  }
}
