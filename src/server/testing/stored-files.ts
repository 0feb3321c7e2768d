import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { filesReply } from '#contract/files.ts'
import type { TestServer } from './start-test-server.ts'

/** How many files a store of these tests has. */
export const files = 8

/** Names and bytes of all stored files, wherever in the data folder they are. */
export async function storedBytes(dataFolder: string): Promise<string[]> {
  const entries = await readdir(dataFolder, { recursive: true, withFileTypes: true })
  const blobs = entries.filter((entry) => entry.isFile() && /^[0-9a-f-]{36}$/.test(entry.name))
  const texts = blobs.map((blob) => readFile(join(blob.parentPath, blob.name), 'utf8'))
  return (await Promise.all(texts)).sort()
}

/** Uploads files with the indexes `from` up to `to`. */
export async function uploadSome(server: TestServer, from: number, to: number): Promise<void> {
  for (let index = from; index < to; index += 1) {
    const reply = await server.upload({ name: `${index}.txt`, bytes: `bytes of ${index}` })
    expect(reply.status).toBe(200)
  }
}

/** The files of the root folder. */
export async function listed(server: TestServer) {
  const page = filesReply.parse(await (await server.get('/api/v1/files')).json())
  return page.files
}

/** What each listed link answers with. */
export async function readLinks(server: TestServer): Promise<(string | number)[]> {
  const answers = (await listed(server)).map(async ({ link }) => {
    const reply = await fetch(link.replace(/^.*(?=\/share)/, server.origin))
    return reply.ok ? await reply.text() : reply.status
  })
  return await Promise.all(answers)
}

/** What they hold, in their order. */
export const allBytes = Array.from({ length: files }, (_, index) => `bytes of ${index}`)

/** The sentence with which a start refuses. */
export async function refusal(server: TestServer): Promise<string> {
  const error = await server.start().then(
    () => null,
    (reason: Error) => reason,
  )
  expect(error?.name).toBe('ConfigError')
  expect(error?.message).not.toContain('\n')
  return error?.message ?? ''
}

/** The code at its end, which accepts what it says. */
export const acceptCode = (said: string) => /BARKEEP_ACCEPT=([0-9a-f]{8})\.$/.exec(said)?.[1] ?? ''

/** Moves `count` blobs elsewhere, with their folders. */
export async function takeAway(blobs: string, away: string, count: number): Promise<void> {
  const found = (await readdir(blobs, { recursive: true })).filter((path) => blobPath.test(path))
  for (const path of found.slice(0, count)) {
    await mkdir(dirname(join(away, path)), { recursive: true })
    await rename(join(blobs, path), join(away, path))
  }
  if (count === files) await rm(blobs, { recursive: true })
}

const blobPath = /^[0-9a-f]{2}\/[0-9a-f-]{36}$/

/** Paths of the blobs that hold these bytes. */
export async function findBlobs(dataFolder: string, bytes: string): Promise<string[]> {
  const options = { recursive: true, withFileTypes: true } as const
  const found: string[] = []
  for (const entry of await readdir(join(dataFolder, 'blobs'), options)) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && (await readFile(path, 'utf8')) === bytes) found.push(path)
  }
  return found
}
