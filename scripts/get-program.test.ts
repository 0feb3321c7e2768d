import { writeFileSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findProgram } from './find-program.ts'
import { getProgram } from './get-program.ts'
import { chromium } from './program.ts'
import { createTestFolder } from './test-folder.ts'

const quiet = () => undefined
const refuse = async () => {
  throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
}

test('a program that is there is not fetched', async () => {
  const outcome = await getProgram(
    { program: chromium, isThere: async () => true, ways: [refuse] },
    quiet,
  )
  expect(outcome).toEqual({ program: chromium, isThere: true, reasons: [] })
})

test('a way that fails gives place to the next', async () => {
  await using folder = await createTestFolder()
  const file = join(folder.path, 'chromium')
  const outcome = await getProgram(
    {
      program: chromium,
      isThere: async () => (await findProgram('chromium', folder.path)) !== null,
      ways: [refuse, async () => writeFile(file, '#!/bin/sh\n', { mode: 0o755 })],
    },
    quiet,
  )
  expect(outcome.isThere).toBe(true)
})

test('where no way helps, every reason is told', async () => {
  const outcome = await getProgram(
    { program: chromium, isThere: async () => false, ways: [refuse, async () => undefined] },
    quiet,
  )
  expect(outcome).toEqual({
    program: chromium,
    isThere: false,
    reasons: [
      'connect ECONNREFUSED',
      'chromium-headless-shell was installed, but it cannot be found.',
    ],
  })
})

test('programs are found by PATH order, and only where they can be run', async () => {
  await using first = await createTestFolder()
  await using second = await createTestFolder()
  for (const folder of [first, second]) writeFileSync(join(folder.path, 'tool'), '#!/bin/sh\n')
  const path = `:${first.path}:/nowhere:${second.path}`
  expect(await findProgram('tool', path)).toBeNull()
  await chmod(join(second.path, 'tool'), 0o755)
  expect(await findProgram('tool', path)).toBe(join(second.path, 'tool'))
  await chmod(join(first.path, 'tool'), 0o755)
  expect(await findProgram('tool', path)).toBe(join(first.path, 'tool'))
})
