import { expect, test } from 'vitest'
import { errorReply } from '#contract/api-error.ts'
import { filesReply } from '#contract/files.ts'
import { uploadReply } from '#contract/uploads.ts'
import { startTestServer } from '#server/start-test-server.ts'

test('an upload is listed and its link gives the same bytes', async () => {
  await using server = await startTestServer()
  const sent = await server.upload({ name: 'movie.mp4', folder: '/Films', bytes: 'moving pictures' })
  expect(sent.status).toBe(200)
  const upload = uploadReply.parse(await sent.json())
  expect(upload).toMatchObject({ file_name: 'movie.mp4', size: 15, folder: '/Films/' })

  const listed = filesReply.parse(await (await server.get('/api/v1/files?path=/Films/')).json())
  expect(listed.files).toMatchObject([{ name: 'movie.mp4', size: 15, link: upload.link }])
  expect(await (await fetch(upload.link)).text()).toBe('moving pictures')

  await server.restart()
  const again = filesReply.parse(await (await server.get('/api/v1/files?path=/Films/')).json())
  expect(again.files).toHaveLength(1)
})

test('without a filename an upload is refused before its body is read', async () => {
  await using server = await startTestServer()
  const reply = await server.request('/api/v1/upload', { method: 'POST', body: 'x' })
  expect(reply.status).toBe(400)
  expect(errorReply.parse(await reply.json())).toMatchObject({
    code: 'invalid_request',
    message: 'filename is missing.',
  })
})
