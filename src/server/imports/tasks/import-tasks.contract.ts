import { expect, test } from 'vitest'
import type { FolderPath } from '#contract/folder-path.ts'
import type { ImportTasks, NewImportTask, ProgressReading } from './import-tasks.ts'

/** `add` stores a task of somebody who is there, whose key is, too. */
type TasksInHand = AsyncDisposable & {
  tasks: ImportTasks
  add(id: string): Promise<void>
}

export const importTask = (id: string, userId: string, keyId: string): NewImportTask => ({
  ...{ id, userId, keyId, requestedType: 'auto', type: null, url: 'https://files.test/a.zip' },
  ...{ folder: '/' as FolderPath, fileName: null },
  video: { quality: 'best', subtitles: false, thumbnail: false },
})

const half: ProgressReading = {
  ...{ stage: 'downloading', percent: 50.7, bytes: 507, totalBytes: 1000 },
  ...{ part: null, bytesPerSecond: 100, title: 'Harbour' },
}

/** What every implementation of `ImportTasks` keeps to. */
export function testImportTasks(make: () => Promise<TasksInHand>): void {
  test('a task is found from when it was added, and what is not there is null', async () => {
    await using given = await make()
    await given.add('a')
    expect(await given.tasks.find('a')).toMatchObject({ task: { state: 'running' }, reading: null })
    expect(await given.tasks.find('b')).toBeNull()
  })

  test('one worker has a task until it is released, and then the next one', async () => {
    await using given = await make()
    await given.add('a')
    const claim = await given.tasks.claim('a')
    expect(claim?.task.id).toBe('a')
    expect(claim?.cancelled.aborted).toBe(false)
    expect(await given.tasks.claim('a')).toBeNull()
    await given.tasks.release('a')
    expect(await given.tasks.claim('a')).not.toBeNull()
  })

  test('two who claim at the same moment do not both get it', async () => {
    await using given = await make()
    await given.add('a')
    const claims = await Promise.all([given.tasks.claim('a'), given.tasks.claim('a')])
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1)
  })

  test('what does not exist or has ended cannot be claimed', async () => {
    await using given = await make()
    await given.add('a')
    await given.tasks.finish('a', {
      state: 'failed',
      error: { code: 'bad_link', message: 'It is gone.' },
    })
    expect(await given.tasks.claim('a')).toBeNull()
    expect(await given.tasks.claim('b')).toBeNull()
  })

  test('a claim is kept by its heartbeat, and lost when it was released or never made', async () => {
    await using given = await make()
    await given.add('a')
    expect(await given.tasks.heartbeat('a')).toBe(false)
    await given.tasks.claim('a')
    expect(await given.tasks.heartbeat('a')).toBe(true)
    await given.tasks.release('a')
    expect(await given.tasks.heartbeat('a')).toBe(false)
  })

  test('what a worker reports is found until it releases the task; nobody else reports', async () => {
    await using given = await make()
    await given.add('a')
    await given.tasks.progress('a', half)
    expect((await given.tasks.find('a'))?.reading).toBeNull()
    await given.tasks.claim('a')
    await given.tasks.progress('a', half)
    expect((await given.tasks.find('a'))?.reading).toEqual(half)
    await given.tasks.release('a')
    expect((await given.tasks.find('a'))?.reading).toBeNull()
  })

  test('a task that is cancelled before anybody works on it is never claimed', async () => {
    await using given = await make()
    await given.add('a')
    await given.tasks.cancel('a')
    expect((await given.tasks.find('a'))?.task.state).toBe('cancelled')
    expect(await given.tasks.claim('a')).toBeNull()
  })

  test('cancelling tells the worker, waits for it, and keeps how far it came', async () => {
    await using given = await make()
    await given.add('a')
    const claim = await given.tasks.claim('a')
    await given.tasks.progress('a', half)
    let isOver = false
    const cancelling = given.tasks.cancel('a').then(() => {
      isOver = true
    })
    await expect.poll(() => claim?.cancelled.aborted).toBe(true)
    expect(await given.tasks.heartbeat('a')).toBe(false)
    expect(isOver).toBe(false)
    await given.tasks.release('a')
    await cancelling
    expect((await given.tasks.find('a'))?.task).toMatchObject({
      ...{ state: 'cancelled', progress: 50, title: 'Harbour' },
    })
  })

  test('a task that is cancelled while it is being claimed is not worked on', async () => {
    await using given = await make()
    await given.add('a')
    const [claim] = await Promise.all([
      given.tasks.claim('a').then(async (made) => {
        await given.tasks.release('a')
        return made
      }),
      given.tasks.cancel('a'),
    ])
    expect(claim === null || claim.cancelled.aborted).toBe(true)
    expect((await given.tasks.find('a'))?.task.state).toBe('cancelled')
  })

  test('a task ends once: what comes later changes nothing', async () => {
    await using given = await make()
    await given.add('a')
    await given.tasks.claim('a')
    await given.tasks.progress('a', half)
    await given.tasks.finish('a', { state: 'completed', progress: 100, link: '/f/1' })
    await given.tasks.release('a')
    await given.tasks.cancel('a')
    await given.tasks.finish('a', {
      state: 'failed',
      error: { code: 'bad_link', message: 'Too late.' },
    })
    expect((await given.tasks.find('a'))?.task).toMatchObject({
      ...{ state: 'completed', progress: 100, link: '/f/1', error: null },
    })
  })

  test('what has not ended is unfinished, in the order in which it came', async () => {
    await using given = await make()
    for (const id of ['c', 'a', 'b', 'd']) await given.add(id)
    await given.tasks.finish('a', { state: 'completed', progress: 100 })
    await given.tasks.cancel('b')
    await given.tasks.claim('d')
    expect((await given.tasks.unfinished()).map(({ id }) => id)).toEqual(['c', 'd'])
  })

  test('the tasks of a person are listed in pages, the newest first, with what their workers report', async () => {
    await using given = await make()
    for (const id of ['a', 'b', 'c']) await given.add(id)
    await given.tasks.claim('b')
    await given.tasks.progress('b', half)
    const { userId } = (await given.tasks.find('a'))?.task ?? { userId: '' }
    const page = async (offset: number, limit: number) =>
      (await given.tasks.list(userId, { offset, limit })).map(({ task }) => task.id)
    expect(await page(0, 2)).toEqual(['c', 'b'])
    expect(await page(2, 2)).toEqual(['a'])
    expect(await given.tasks.list('somebody else', { offset: 0, limit: 2 })).toEqual([])
    const some = await given.tasks.findAll(userId, ['a', 'b', 'nobody'])
    expect(some.map(({ task, reading }) => [task.id, reading])).toEqual([
      ['b', half],
      ['a', null],
    ])
    expect(await given.tasks.findAll('somebody else', ['a'])).toEqual([])
  })
}
