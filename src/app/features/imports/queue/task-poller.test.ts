import { expect, test } from 'vitest'
import { ApiError, ConnectionError } from '#app/api/http/api-error.ts'
import { importWorld, options, runningWorld, started, status } from '#app/testing/import-world.ts'

test('all tasks together are asked for once in three seconds, each in its turn', async () => {
  const world = importWorld()
  world.queue.connect(world.connection())
  const links = ['1', '2', '3'].map((name) => `https://a.example/${name}`)
  world.queue.add(links.map((link) => ({ link, options })))
  for (const [index, call] of [...world.calls].entries())
    await call.answer(started(`task-${index}`))
  const asked: unknown[] = []
  for (let second = 0; second < 60; second += 1) {
    await world.passTime(second === 0 ? 0 : 1_000)
    if (world.last().path === 'import/status' && asked.length < world.calls.length - 3) {
      asked.push(world.last().query.task_id)
      await world.last().answer(status({ progress: `${second}%` }))
    }
  }
  expect(asked).toHaveLength(20)
  expect(asked.slice(0, 6)).toEqual(['task-0', 'task-1', 'task-2', 'task-0', 'task-1', 'task-2'])
})

test('a hidden page asks a third as often', async () => {
  let isHidden = true
  const world = await runningWorld({ isHidden: () => isHidden })
  await world.passTime(0)
  await world.last().answer(status({}))
  await world.passTime(8_999)
  expect(world.calls).toHaveLength(2)
  isHidden = false
  world.reconnect()
  await world.passTime(0)
  expect(world.calls).toHaveLength(3)
})

test('an hour of sleep is followed by one request, not by twelve hundred', async () => {
  const world = await runningWorld()
  await world.passTime(0)
  await world.last().answer(status({}))
  await world.passTime(3_600_000)
  world.reconnect()
  world.reconnect()
  await world.passTime(0)
  expect(world.calls).toHaveLength(3)
})

test('while the server does not answer, the pauses grow; back online it is asked at once', async () => {
  const world = await runningWorld()
  await world.passTime(0)
  for (const pause of [3_000, 4_000, 8_000]) {
    const asked = world.calls.length
    await world.last().fail(new ConnectionError('Gone.'))
    await world.passTime(pause - 1)
    expect(world.calls).toHaveLength(asked)
    await world.passTime(1)
    expect(world.calls).toHaveLength(asked + 1)
  }
  await world.last().fail(new ConnectionError('Gone.'))
  await world.passTime(3_000)
  const asked = world.calls.length
  world.reconnect()
  await world.passTime(0)
  expect(world.calls).toHaveLength(asked + 1)
  expect(world.job().state).toBe('running')
})

test('a task that the server no longer knows has failed', async () => {
  const world = await runningWorld()
  await world.passTime(0)
  await world.last().fail(new ApiError({ code: 'not_found', status: 404, message: 'No.' }))
  expect(world.job()).toMatchObject({
    state: 'failed',
    failure: { code: 'unknown_task' },
  })
})
