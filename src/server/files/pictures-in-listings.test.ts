import { expect, test, vi } from 'vitest'
import { type FilesPage, filesReply } from '#contract/files.ts'
import { manageClient } from '#server/testing/manage-client.ts'
import { shareClient } from '#server/testing/share-client.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { photo } from '#server/testing/test-media.ts'

async function list(server: TestServer, query: string, key?: string): Promise<FilesPage> {
  const reply = await server.get(`/api/v1/files?${query}`, key === undefined ? {} : { key })
  expect(reply.status).toBe(200)
  return filesReply.parse(await reply.json())
}

test('the first page names what stands for each subfolder, where it is asked for', async () => {
  await using server = await startTestServer()
  const manage = manageClient(server)
  for (const path of [
    '/Films/Harbour/Harbour.mp4',
    '/Films/Harbour/harbour.jpg',
    '/Films/Harbour/a.txt',
    '/Films/Only film/b.mkv',
    '/Films/Papers/c.pdf',
    '/Films/Deep/Deeper/d.jpg',
    '/Films/e.jpg',
  ]) {
    await manage.upload(path)
  }
  const { covers, folders } = await list(server, 'path=/Films/&covers=true')
  expect(folders).toEqual(['Deep', 'Harbour', 'Only film', 'Papers'])
  expect(covers?.map(({ folder, name }) => [folder, name])).toEqual([
    ['Harbour', 'harbour.jpg'],
    ['Only film', 'b.mkv'],
  ])
  expect(await manage.open(covers?.[0]?.link ?? '')).toBe('bytes of /Films/Harbour/harbour.jpg')
  for (const query of [
    'path=/Films/',
    'path=/Films/&covers=false',
    'path=/&offset=1&covers=true',
  ]) {
    expect(await list(server, query)).not.toHaveProperty('covers')
  }
  expect((await server.get('/api/v1/files?covers=maybe')).status).toBe(400)

  // A guest's links end with what was shared, those of covers too.
  const shares = shareClient(server)
  const { key, share } = await shares.create({ path: '/Films/' })
  const [seen] = (await list(server, 'covers=true', key)).covers ?? []
  expect(seen?.folder).toBe('Harbour')
  expect(seen?.link).not.toBe(covers?.[0]?.link)
  expect(await manage.open(seen?.link ?? '')).toBe('bytes of /Films/Harbour/harbour.jpg')
  await shares.revoke([share.id])
  expect(await manage.open(seen?.link ?? '')).toBe(404)
})

test('a listing tells how large a picture is once it was looked at, of its copies too, and after a restart', async () => {
  await using server = await startTestServer()
  const manage = manageClient(server)
  const name = 'a.jpg'
  const bytes = await photo(120, 80, 6)
  await server.upload({ name, bytes })
  for (const folder of ['/Before/', '/After/']) await manage.createFolder(folder)
  await manage.copy(['/a.jpg'], '/Before/')
  const shapes = async (path: string) =>
    (await list(server, `path=${path}`)).files.map(({ width, height }) => [width, height])
  expect(await shapes('/')).toEqual([[undefined, undefined]])
  const [file] = (await list(server, 'path=/')).files
  expect((await fetch(`${file?.link}?thumbnail=small`)).status).toBe(200)
  await vi.waitFor(async () => expect(await shapes('/')).toEqual([[80, 120]]), 30_000)
  expect(await shapes('/Before/')).toEqual([[80, 120]])
  await manage.copy(['/a.jpg'], '/After/')
  await server.upload({ name: 'b.jpg', folder: '/After/', bytes: await photo(60, 40) })
  const [, other] = (await list(server, 'path=/After/')).files
  expect((await fetch(`${other?.link}?details`)).status).toBe(200)
  // What waits to be written is written before the end.
  await server.restart()
  expect(await shapes('/After/')).toEqual([
    [80, 120],
    [60, 40],
  ])
})
