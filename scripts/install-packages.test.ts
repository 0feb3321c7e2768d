import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findPackageManager } from './install-packages.ts'
import { chromium, ffmpeg, ytDlp } from './program.ts'
import { createTestFolder } from './test-folder.ts'

/** A PATH folder with a program that writes down how it was called. */
async function createFakeManager(name: string, exitCode = 0) {
  const folder = await createTestFolder()
  const log = join(folder.path, 'calls')
  const script = `#!/bin/sh\necho "$@" >> ${log}\necho "E: no such package" >&2\nexit ${exitCode}\n`
  writeFileSync(join(folder.path, name), script, { mode: 0o755 })
  return {
    path: folder.path,
    calls: () => readFileSync(log, 'utf8').trimEnd().split('\n'),
    [Symbol.asyncDispose]: folder[Symbol.asyncDispose],
  }
}

test('root gets packages from apt-get, after one update for all of them', async () => {
  await using fake = await createFakeManager('apt-get')
  const manager = await findPackageManager(fake.path, true)
  await manager?.install(ytDlp('linux x64'))
  await manager?.install(ffmpeg('linux x64'))
  const timeouts = '-o Acquire::http::Timeout=15 -o DPkg::Lock::Timeout=300'
  expect(fake.calls()).toEqual([
    `${timeouts} update`,
    `${timeouts} install --yes --no-install-recommends yt-dlp`,
    `${timeouts} install --yes --no-install-recommends ffmpeg`,
  ])
})

test('others are not asked for a password', async () => {
  await using fake = await createFakeManager('apt-get')
  expect(await findPackageManager(fake.path, false)).toBeNull()
})

test('Homebrew needs no root', async () => {
  await using fake = await createFakeManager('brew')
  const manager = await findPackageManager(fake.path, false)
  await manager?.install(ytDlp('darwin arm64'))
  expect(fake.calls()).toEqual(['install yt-dlp'])
  await expect(manager?.install(chromium)).rejects.toThrow(
    'Homebrew has no formula for chromium-headless-shell.',
  )
})

test('a package manager that fails is told by its last line', async () => {
  await using fake = await createFakeManager('apt-get', 100)
  const manager = await findPackageManager(fake.path, true)
  await expect(manager?.install(ytDlp('linux x64'))).rejects.toThrow('E: no such package')
})
