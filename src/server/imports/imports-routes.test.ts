import { expect, test } from 'vitest'
import { importReply, importsCancelReply } from '#contract/imports.ts'
import { sourceRetryPolicy } from '#server/imports/source/retry-policy.ts'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import { manageClient } from '#server/testing/manage-client.ts'

const badRequests: [unknown, string][] = [
  [{}, 'url'],
  [{ url: '' }, 'url'],
  [{ url: 5 }, 'url'],
  [{ url: 'not a link' }, 'url is not a link'],
  [{ url: '-o/etc/passwd' }, 'url is not a link'],
  [{ url: '--batch-file=/etc/passwd' }, 'url is not a link'],
  [{ url: 'www.example.com/x' }, 'url is not a link'],
  [{ url: 'http://' }, 'url is not a link'],
  [{ url: 'file:///etc/passwd' }, 'Only http and https'],
  [{ url: 'ftp://example.com/x' }, 'Only http and https'],
  [{ url: 'javascript:alert(1)' }, 'Only http and https'],
  [{ url: 'data:text/plain,x' }, 'Only http and https'],
  [{ url: 'http://user:secret@example.com/' }, 'user name or password'],
  [{ url: 'http://127.0.0.1:1/' }, 'private address'],
  [{ url: 'https://example.com/', type: 'folder' }, 'type'],
  [{ url: 'https://example.com/', path: '/a/../b/' }, 'Folder'],
  [{ url: 'https://example.com/', filename: 'a/b' }, 'File names'],
  [{ url: 'https://example.com/', video: { quality: '1080p' } }, 'quality'],
  [{ url: 'https://example.com/', video: { subtitles: 'yes' } }, 'subtitles'],
  [{ url: `https://example.com/${'x'.repeat(9000)}` }, 'url'],
]

test('every request that is none is refused with 400 and says why', async () => {
  await using imports = await startTestImportServer()
  for (const [body, reason] of badRequests) {
    const reply = await imports.server.post('/api/v1/import', body)
    const answer = (await reply.json()) as { code: string; message: string }
    const what = JSON.stringify(body).slice(0, 100)
    expect([reply.status, answer.code], what).toEqual([400, 'invalid_request'])
    expect(answer.message, what).toContain(reason)
  }
})

test('an unknown task is 404, and so is a task of somebody else', async () => {
  await using imports = await startTestImportServer()
  const id = await imports.start('/file/a.bin')
  const other = await imports.server.keyWith({ username: 'mallory' })
  for (const [taskId, key] of [
    [id, other],
    ['file_nothing', undefined],
  ] as const) {
    const status = await imports.server.get(
      `/api/v1/import/status?task_id=${taskId}`,
      key ? { key } : {},
    )
    const cancel = await imports.server.post(
      '/api/v1/import/cancel',
      { task_id: taskId },
      key ? { key } : {},
    )
    expect([status.status, cancel.status]).toEqual([404, 404])
    expect(await status.json()).toMatchObject({ status: 'error', code: 'not_found' })
  }
})

test('cancelling a task that has ended is fine and changes nothing', async () => {
  await using imports = await startTestImportServer()
  const task = await imports.run('/file/a.bin')
  const reply = await imports.server.post('/api/v1/import/cancel', { task_id: task.id })
  expect(reply.status).toBe(200)
  expect(await imports.status(task.id)).toEqual(task)
})

test('a task is forgotten a week after its end, without a new start of the server', async () => {
  let lead = 0
  const clock = { now: () => Date.now() + lead, monotonic: () => performance.now() }
  await using imports = await startTestImportServer({ dependencies: { clock } })
  const { id } = await imports.run('/file/a.bin')
  lead = 6.9 * 86_400_000
  const { id: later } = await imports.run('/file/b.bin')
  expect(await imports.status(id)).toMatchObject({ state: 'completed' })
  lead = 7.1 * 86_400_000
  await imports.run('/file/c.bin')
  const reply = await imports.server.get(`/api/v1/import/status?task_id=${id}`)
  expect(reply.status).toBe(404)
  expect(await imports.status(later)).toMatchObject({ state: 'completed' })
})

test('the same Idempotency-Key starts one import, however often it is sent', async () => {
  await using imports = await startTestImportServer()
  const body = { url: `${imports.site.origin}/file/a.bin` }
  const send = async (key: string) => {
    const reply = await imports.server.post('/api/v1/import', body, {
      headers: { 'idempotency-key': key },
    })
    return ((await reply.json()) as { task_id: string }).task_id
  }
  const [first, second, other] = [await send('one'), await send('one'), await send('two')]
  expect(second).toBe(first)
  expect(other).not.toBe(first)
})

test('no more than the set number run at once, the rest wait as running', async () => {
  await using imports = await startTestImportServer({ config: { importConcurrency: 1 } })
  const first = await imports.start('/file/a.bin?size=640000&pace=20', { type: 'file' })
  const second = await imports.start('/file/b.bin?size=1000', { type: 'file' })
  await imports.waitFor(first, ({ progress }) => progress !== '0%')
  expect(await imports.status(second)).toMatchObject({ state: 'running', progress: '0%' })
  expect(imports.site.requests.map(({ line }) => line).join()).not.toContain('/file/b.bin')
  await imports.waitFor(second, ({ state }) => state === 'completed')
  expect(await imports.status(first)).toMatchObject({ state: 'completed' })
})

test('a waiting import can be cancelled, and never starts', async () => {
  await using imports = await startTestImportServer({ config: { importConcurrency: 1 } })
  const first = await imports.start('/file/a.bin?size=320000&pace=20', { type: 'file' })
  const second = await imports.start('/file/b.bin', { type: 'file' })
  await imports.server.post('/api/v1/import/cancel', { task_id: second })
  expect(await imports.status(second)).toMatchObject({ state: 'cancelled' })
  const ended = await imports.waitFor(first, ({ state }) => state !== 'running')
  expect(ended.error).toBeUndefined()
  expect(imports.site.requests.map(({ line }) => line).join()).not.toContain('/file/b.bin')
})

test('many are cancelled in one request, and answered as they are then', async () => {
  await using imports = await startTestImportServer({ config: { importConcurrency: 1 } })
  const done = await imports.run('/file/done.bin')
  const ids = [done.id]
  for (let number = 0; number < 30; number += 1) {
    ids.push(await imports.start(`/file/${number}.bin?size=3200000&pace=20`, { type: 'file' }))
  }
  const stranger = await imports.server.keyWith({ username: 'mallory' })
  const cancel = (task_ids: string[], init = {}) =>
    imports.server.post('/api/v1/imports/cancel', { task_ids }, init)
  const others = await (await cancel(ids, { key: stranger })).json()
  expect(importsCancelReply.parse(others).imports).toEqual([])
  const reply = importsCancelReply.parse(await (await cancel([...ids, 'file_unknown'])).json())
  const states = new Map(reply.imports.map(({ id, state }) => [id, state]))
  expect(states.get(done.id)).toBe('completed')
  expect(ids.slice(1).map((id) => states.get(id))).toEqual(Array(30).fill('cancelled'))
  expect(states.size).toBe(31)
  for (const wrong of [[], Array(101).fill('x'), [1]]) {
    expect((await cancel(wrong as string[])).status).toBe(400)
  }
  await imports.expectNoLeftovers()
})

const detected: Record<string, string> = {
  '/file/x.bin': 'file',
  '/file/x?type=text/plain': 'file',
  '/file/x?type=application/vnd.apple.mpegurl': 'video',
  '/file/x?type=text/html&disposition=attachment': 'file',
  '/watch/harbour': 'video',
  '/redirect?to=/watch/harbour': 'video',
  '/no-video': 'video',
}

test('auto tells pages and streams from files by what the source answers', async () => {
  await using imports = await startTestImportServer()
  const told = await Promise.all(
    Object.keys(detected).map(async (link) => {
      const id = await imports.start(link)
      return [link, id.split('_')[0]]
    }),
  )
  expect(Object.fromEntries(told)).toEqual(detected)
})

test('of a source that does not tell, the type is what its link looks like', async () => {
  const resolve = async () => {
    throw Object.assign(new Error('nobody knows that name'), { code: 'EAI_AGAIN' })
  }
  const patience = { ...sourceRetryPolicy, firstPauseMs: 1, longestPauseMs: 1 }
  await using imports = await startTestImportServer({ dependencies: { resolve, patience } })
  for (const [path, type] of [
    ['/watch?v=dQw4w9WgXcQ', 'video'],
    ['/', 'video'],
    ['/clip/index.html', 'video'],
    ['/films/movie.mp4', 'file'],
    ['/archive.tar.gz?token=1', 'file'],
  ] as const) {
    const reply = await imports.server.post('/api/v1/import', { url: `https://a.example${path}` })
    const { task_id, type: told } = importReply.parse(await reply.json())
    expect([path, told, task_id.split('_')[0]]).toEqual([path, type, type])
    expect((await imports.status(task_id)).type).toBe(type)
  }
})

test('an import that ends after its folder was moved or deleted is listed where it was asked for', async () => {
  await using imports = await startTestImportServer()
  const at = manageClient(imports.server)
  const slow = '?size=320000&pace=20'
  const started = ['/moved/', '/deleted/'].map(async (path) => {
    await at.upload(`${path}old.txt`)
    return await imports.start(`/file/a.bin${slow}`, { type: 'file', path })
  })
  const [first = '', second = ''] = await Promise.all(started)
  for (const id of [first, second]) await imports.waitFor(id, ({ progress }) => progress !== '0%')
  await at.rename('/moved/', 'elsewhere')
  await at.delete(['/deleted/'])
  for (const id of [first, second]) {
    expect(await imports.waitFor(id, ({ state }) => state !== 'running')).toMatchObject({
      state: 'completed',
    })
  }
  expect(await at.list('/')).toEqual(['deleted/', 'elsewhere/', 'moved/'])
  expect(await at.list('/moved/')).toEqual(['a.bin'])
  expect(await at.list('/deleted/')).toEqual(['a.bin'])
  expect(await at.list('/elsewhere/')).toEqual(['old.txt'])
})
