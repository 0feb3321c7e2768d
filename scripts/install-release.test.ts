import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { access, readdir, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findChecksum, installRelease } from './install-release.ts'
import type { Program } from './program.ts'
import { createTestFolder } from './test-folder.ts'

const program = '#!/bin/sh\necho 2026.11.01\n'

/** A loopback stand-in for a release page: path → body. */
async function startReleaseSite(files: Record<string, Buffer | string>) {
  const server = createServer((request, response) => {
    const body = files[request.url ?? '']
    if (body === undefined) response.writeHead(404)
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function videoProgram(origin: string, archiveMembers: string[] | null = null): Program {
  return {
    name: 'tool',
    neededFor: 'this test',
    release: { url: `${origin}/tool_linux`, checksumsUrl: `${origin}/sums`, archiveMembers },
    homebrewFormula: null,
    versionArguments: ['--version'],
  }
}

function sumLine(body: Buffer | string, name = 'tool_linux'): string {
  return `${createHash('sha256').update(body).digest('hex')}  ${name}\n`
}

test('a release whose checksum is right is installed and can be run', async () => {
  await using folder = await createTestFolder()
  await using site = await startReleaseSite({ '/tool_linux': program, '/sums': sumLine(program) })
  await installRelease(videoProgram(site.origin), folder.path)
  expect(await readdir(folder.path)).toEqual(['tool'])
  expect((await stat(join(folder.path, 'tool'))).mode & 0o777).toBe(0o755)
  expect(execFileSync(join(folder.path, 'tool'), { encoding: 'utf8' })).toBe('2026.11.01\n')
})

test('a release whose checksum is wrong is refused and leaves nothing', async () => {
  await using folder = await createTestFolder()
  await using site = await startReleaseSite({
    '/tool_linux': `${program}echo and something else\n`,
    '/sums': sumLine(program),
  })
  await expect(installRelease(videoProgram(site.origin), folder.path)).rejects.toThrow(
    /^tool_linux has the checksum [0-9a-f]{64}, but [0-9a-f]{64} was published\.$/,
  )
  expect(await readdir(folder.path)).toEqual([])
})

test('a release without a published checksum is refused and leaves nothing', async () => {
  await using folder = await createTestFolder()
  await using site = await startReleaseSite({
    '/tool_linux': program,
    '/sums': sumLine(program, 'tool_linux.zip'),
  })
  await expect(installRelease(videoProgram(site.origin), folder.path)).rejects.toThrow(
    'No checksum was published for tool_linux.',
  )
  expect(await readdir(folder.path)).toEqual([])
})

test('a release that does not run on this machine is not installed', async () => {
  await using folder = await createTestFolder()
  const broken = '#!/bin/sh\necho wrong system >&2\nexit 1\n'
  await using site = await startReleaseSite({ '/tool_linux': broken, '/sums': sumLine(broken) })
  await expect(installRelease(videoProgram(site.origin), folder.path)).rejects.toThrow(
    'wrong system',
  )
  expect(await readdir(folder.path)).toEqual([])
})

test('a page that is gone is told with its status', async () => {
  await using folder = await createTestFolder()
  await using site = await startReleaseSite({})
  await expect(installRelease(videoProgram(site.origin), folder.path)).rejects.toThrow(
    `${site.origin}/sums answered 404.`,
  )
})

test('an archive gives the programs in its bin folder and nothing else', async () => {
  await using folder = await createTestFolder()
  await using bin = await createTestFolder()
  const inside = join(folder.path, 'tool-2026/bin')
  mkdirSync(inside, { recursive: true })
  for (const name of ['tool', 'probe', 'player']) writeFileSync(join(inside, name), program)
  const archive = join(folder.path, 'archive.tar')
  execFileSync('tar', ['-cf', archive, '-C', folder.path, 'tool-2026'])
  const bytes = readFileSync(archive)
  await using site = await startReleaseSite({ '/tool_linux': bytes, '/sums': sumLine(bytes) })
  await installRelease(videoProgram(site.origin, ['tool', 'probe']), bin.path)
  expect((await readdir(bin.path)).sort()).toEqual(['probe', 'tool'])
  await access(join(bin.path, 'probe'))
})

test('checksums are read in the forms that sha256sum writes', () => {
  const sum = 'a'.repeat(64)
  expect(findChecksum(`${sum}  yt-dlp_linux\n`, 'yt-dlp_linux')).toBe(sum)
  expect(findChecksum(`${sum} *yt-dlp_linux\r\n`, 'yt-dlp_linux')).toBe(sum)
  expect(findChecksum(`${sum.toUpperCase()}  yt-dlp_linux`, 'yt-dlp_linux')).toBe(sum)
  expect(() => findChecksum(`${sum.slice(1)}  yt-dlp_linux`, 'yt-dlp_linux')).toThrow()
})
