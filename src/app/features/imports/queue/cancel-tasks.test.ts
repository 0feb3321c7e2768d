import { expect, test } from 'vitest'
import { ApiError } from '#app/api/http/api-error.ts'
import { importWorld, options, started } from '#app/testing/import-world.ts'

const count = 120

/** A queue with a group of 120 that run. */
async function runningGroup(cancelsMany?: () => Promise<boolean>) {
  const world = importWorld()
  world.queue.connect(world.connection(cancelsMany && { cancelsMany }))
  world.queue.add(
    Array.from({ length: count }, (_, index) => ({ link: `https://f.example/${index}`, options })),
  )
  for (const [index, call] of [...world.calls].entries())
    await call.answer(started(`task-${index}`))
  const before = world.calls.length
  return {
    ...world,
    cancels: () => world.calls.slice(before).filter(({ path }) => /cancel/.test(path)),
  }
}

const listed = (id: string, state: string) => ({
  ...{ id, type: 'file', state, progress: '0%', created_at: '1970-01-01T00:00:09+00:00' },
  request: { url: 'https://f.example/', type: 'file' },
})

test('a group is cancelled by a request for each hundred where the server takes that', async () => {
  const world = await runningGroup(async () => true)
  world.queue.abortAll()
  await expect.poll(() => world.cancels().length).toBe(1)
  const [first] = world.cancels()
  const ids = first?.body.task_ids as string[]
  expect([first?.path, ids.length]).toEqual(['imports/cancel', 100])
  // One was done before the request came, and one is known no more.
  const [done = '', gone, ...others] = ids
  const imports = [listed(done, 'completed'), ...others.map((id) => listed(id, 'cancelled'))]
  await first?.answer({ status: 'ok', imports })
  const rest = world.cancels()[1]
  expect(rest?.body.task_ids).toHaveLength(count - 100)
  await rest?.fail(new ApiError({ code: 'server_error', status: 500, message: 'No.' }))
  const rows = world.queue.all()
  expect(rows.find(({ taskId }) => taskId === done)?.state).toBe('done')
  expect(rows.find(({ taskId }) => taskId === gone)?.state).toBe('cancelled')
  expect(rows.filter(({ state }) => state === 'cancelled')).toHaveLength(99)
  expect(rows.filter(({ note }) => note?.code === 'not_aborted')).toHaveLength(count - 100)
  expect(world.cancels()).toHaveLength(2)
})

test('elsewhere task by task', async () => {
  const world = await runningGroup()
  world.queue.abortAll()
  await expect.poll(() => world.cancels().length).toBe(count)
  expect(world.cancels().every(({ path }) => path === 'import/cancel')).toBe(true)
})
