import { spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '#server/core/clock.ts'
import { type ProgramRun, runProgram } from './run-program.ts'

/** A shell script as the program; `lines` grows with what it prints. */
async function createProgram(script: string) {
  const folder = await mkdtemp(join(tmpdir(), 'barkeep-program-'))
  const path = join(folder, 'program')
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o700)
  const lines: string[] = []
  const printed = new Map<string, () => void>()
  const stop = new AbortController()
  const run = (changes: Partial<ProgramRun> = {}) =>
    runProgram({
      command: [path],
      cwd: folder,
      env: { PATH: '/usr/bin:/bin' },
      mark: randomUUID(),
      signal: stop.signal,
      clock: systemClock,
      silentForMs: 60_000,
      onLine(line) {
        lines.push(line)
        printed.get(line)?.()
      },
      ...changes,
    })
  const printing = (line: string) => new Promise<void>((resolve) => printed.set(line, resolve))
  return {
    ...{ folder, lines, run, stop, printing },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

// Dead but not yet collected by its new parent (Z) is dead.
const isAlive = (pid: number) => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return /^[^Z\s]/.test(stdout.trim())
}

// The program itself and a child in the background; both ignore SIGTERM.
const stubborn = `trap '' TERM
sh -c 'trap "" TERM; echo $$ > child; echo ready; while :; do sleep 0.05; done' &
while :; do sleep 0.05; done`

test('lines of both outputs are told one by one, and the exit code at the end', async () => {
  await using program = await createProgram(
    'printf "one\\ntwo\\rthree\\n"; echo wrong >&2; printf rest; exit 3',
  )
  expect(await program.run()).toBe(3)
  expect(program.lines.toSorted()).toEqual(['one', 'rest', 'three', 'two', 'wrong'])
})

test('cancelling ends the program and its children, although they ignore SIGTERM', async () => {
  await using program = await createProgram(stubborn)
  const ready = program.printing('ready')
  const run = program.run()
  await ready
  const child = Number(await readFile(join(program.folder, 'child'), 'utf8'))
  expect(isAlive(child)).toBe(true)
  program.stop.abort(new Error('cancelled'))
  await expect(run).rejects.toThrow('cancelled')
  expect(isAlive(child)).toBe(false)
})

test('children that a program leaves behind end with it', async () => {
  await using program = await createProgram(
    `sh -c 'trap "" TERM; echo $$ > child; echo ready; while :; do sleep 0.05; done' &
while [ ! -s child ]; do sleep 0.02; done`,
  )
  expect(await program.run()).toBe(0)
  expect(isAlive(Number(await readFile(join(program.folder, 'child'), 'utf8')))).toBe(false)
})

test('a process that ends at once, as by a second Ctrl-C, takes what it runs with it', async () => {
  await using program = await createProgram(stubborn)
  const script = `
    import { runProgram } from ${JSON.stringify(import.meta.resolve('./run-program.ts'))}
    await runProgram({
      command: ['${program.folder}/program'],
      cwd: '${program.folder}',
      env: { PATH: '/usr/bin:/bin' },
      mark: '${randomUUID()}',
      signal: new AbortController().signal,
      clock: { now: () => 0, monotonic: () => 0 },
      silentForMs: 1,
      onLine: () => process.exit(7),
    })`
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', script])
  expect(await once(parent, 'exit')).toEqual([7, null])
  const child = Number(await readFile(join(program.folder, 'child'), 'utf8'))
  expect(isAlive(child)).toBe(false)
})

test('a program that prints nothing for long is ended and called hung', async () => {
  await using program = await createProgram(stubborn)
  let now = 0
  const ready = program.printing('ready')
  const run = program.run({ clock: { now: () => now, monotonic: () => now }, silentForMs: 1_000 })
  run.catch(() => undefined)
  await ready
  const child = Number(await readFile(join(program.folder, 'child'), 'utf8'))
  now = 1_001
  await expect(run).rejects.toThrow('The video page stopped answering.')
  expect(isAlive(child)).toBe(false)
})

test('a program that goes on printing is not hung, however long it takes', async () => {
  await using program = await createProgram('for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.1; done')
  let now = 0
  // Each line comes 900 ms after the one before, by this clock.
  const clock = { now: () => now, monotonic: () => now }
  const onLine = () => {
    now += 900
  }
  expect(await program.run({ clock, silentForMs: 1_000, onLine })).toBe(0)
})

test('a program that cannot be started says so', async () => {
  await using program = await createProgram('')
  await expect(program.run({ command: ['/nowhere/program'] })).rejects.toThrow('ENOENT')
})
