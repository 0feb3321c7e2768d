import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js'
import { type ArchiveReply, archiveReply } from '#contract/archive.ts'
import { manageClient } from './manage-client.ts'
import type { TestServer } from './start-test-server.ts'

/** Makes an archive and resolves with what is told of it. */
export async function archive(
  server: TestServer,
  body: object,
  key = server.key,
): Promise<ArchiveReply> {
  const reply = await server.post('/api/v1/archive', body, { key })
  return archiveReply.parse(await reply.json())
}

/** What a link gives. */
export async function bytesOf(
  link: string,
  headers: Record<string, string> = {},
): Promise<Buffer<ArrayBuffer>> {
  return Buffer.from(await (await fetch(link, { headers })).arrayBuffer())
}

/** Names and contents by another program's reader, which checks each CRC; of a folder null. */
export async function unpack(zip: Uint8Array): Promise<[string, string | null][]> {
  const reader = new ZipReader(new Uint8ArrayReader(zip), { checkSignature: true })
  const found: [string, string | null][] = []
  for (const entry of await reader.getEntries()) {
    const bytes = entry.directory ? null : await entry.getData(new Uint8ArrayWriter())
    found.push([entry.filename, bytes && Buffer.from(bytes).toString()])
  }
  return found
}

/** Files and folders that are worth an archive. */
export async function fill(server: TestServer) {
  const at = manageClient(server)
  await at.upload('/Films/a.txt', 'a')
  await at.upload('/Films/empty.txt', '')
  await at.upload('/Films/2026/b.txt', 'b'.repeat(200_000))
  await at.upload('/Films/2026/漢 é.txt', 'c')
  await at.createFolder('/Films/Nothing/')
  await at.upload('/top.txt', 'top')
  return at
}
