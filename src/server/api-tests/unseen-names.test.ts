import { expect, test } from 'vitest'
import { errorReply } from '#contract/api-error.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { openBeside } from '#server/testing/test-store.ts'

test('a name that nobody can see is refused with the rule, in uploads, imports and folders', async () => {
  await using server = await startTestServer()
  const link = 'http://files.example/a'
  for (const name of [' ', '\u00a0', '\u200b', '\u3000\u2800', 'a\u202eb.txt']) {
    const replies = [
      await server.upload({ name, bytes: 'x' }),
      await server.upload({ name: 'a', folder: `/${name}/`, bytes: 'x' }),
      await server.post('/api/v1/import', { url: link, filename: name }),
      await server.post('/api/v1/import', { url: link, path: `/${name}/` }),
    ]
    for (const reply of replies) {
      expect(reply.status).toBe(400)
      expect(errorReply.parse(await reply.json()).message).toMatch(/^(File|Folder) names must /)
    }
  }
  expect(await (await server.get('/api/v1/files')).json()).toMatchObject({ files: [], folders: [] })
})

test('such names that are stored already are listed and open', async () => {
  await using server = await startTestServer()
  await server.upload({ name: 'aXb.txt', folder: '/xXy/', bytes: 'old' })
  await using database = await openBeside(server)
  const folder = '/x\u202ey/'
  await database.updateTable('file').set({ name: 'a\u202eb.txt' }).execute()
  await database.updateTable('folder').set({ name: 'x\u202ey' }).execute()
  const listed = await server.get(`/api/v1/files?path=${encodeURIComponent(folder)}`)
  const { files } = (await listed.json()) as { files: { name: string; link: string }[] }
  expect(files.map(({ name }) => name)).toEqual(['a\u202eb.txt'])
  expect(await (await fetch(files[0]?.link ?? '')).text()).toBe('old')
  // They can be given one that is seen.
  const item = `${folder}a\u202eb.txt`
  const renamed = await server.post('/api/v1/files/rename', { item, name: 'ab.txt' })
  expect(await renamed.json()).toMatchObject({ status: 'ok', path: `${folder}ab.txt` })
})
