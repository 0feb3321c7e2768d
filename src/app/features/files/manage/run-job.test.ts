import { expect, test, vi } from 'vitest'
import type { Relocation } from '#app/api/cache/relocate.ts'
import { ApiError } from '#app/api/http/api-error.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { createStopping, runSteps, runWhole, type Step } from './run-job.ts'

const step = (name: string): Step => ({
  item: `/${name}`,
  change: { from: `/${name}`, to: `/Films/${name}` },
})
const steps = (length: number) => Array.from({ length }, (_, at) => step(`f${at}`))
const ok = (item: string) => ({ item, status: 'ok', path: `/Films${item}` })

function run(all: readonly Step[], send: Parameters<typeof runSteps>[1]) {
  const shown: (Relocation | null)[] = []
  const stopping = createStopping()
  const onProgress = vi.fn()
  const show = (changes: readonly Relocation[]) => void shown.push(...changes)
  return { shown, stopping, onProgress, ended: runSteps(all, send, { show, stopping, onProgress }) }
}

test('thousands go in requests of a thousand, each with a key of its own, behind what a person waits for', async () => {
  const asked: { items: number; key: string; lane: string }[] = []
  const { ended, onProgress } = run(steps(2_300), async (items, { idempotencyKey, lane }) => {
    asked.push({ items: items.length, key: idempotencyKey, lane })
    return { results: items.map(ok) }
  })
  expect((await ended).done).toHaveLength(2_300)
  expect(asked.map(({ items }) => items)).toEqual([1_000, 1_000, 300])
  expect(new Set(asked.map(({ key }) => key)).size).toBe(3)
  expect(new Set(asked.map(({ lane }) => lane))).toEqual(new Set(['transfer']))
  expect(onProgress.mock.calls).toEqual([[1_000], [2_000], [2_300]])
})

test('what the server refuses is taken back, item by item, and the rest stays', async () => {
  const { ended, shown } = run(steps(3), async (items) => ({
    results: items.map((item, at) =>
      at === 1 ? { item, status: 'error', code: 'not_found', message: 'It is gone.' } : ok(item),
    ),
  }))
  const { done, refused } = await ended
  expect(done.map(({ path }) => path)).toEqual(['/Films/f0', '/Films/f2'])
  expect(refused).toEqual([{ item: '/f1', message: 'It is gone.' }])
  expect(shown).toEqual([{ from: '/Films/f1', to: '/f1', file: undefined }])
})

test('a name with a number is shown as the server chose it', async () => {
  const { ended, shown } = run([step('a')], async ([item = '']) => ({
    results: [{ item, status: 'ok', path: '/Films/a (2)' }],
  }))
  expect((await ended).done[0]?.path).toBe('/Films/a (2)')
  expect(shown).toEqual([{ from: '/Films/a', to: '/Films/a (2)', file: undefined }])
})

test('a request that fails takes back all that was not done', async () => {
  const refusal = new ApiError({ code: 'insufficient_scope', status: 403, message: 'no' })
  const { ended, shown } = run(steps(1_500), async (items) => {
    if (items.length === 500) throw refusal
    return { results: items.map(ok) }
  })
  const { done, refused } = await ended
  expect([done.length, refused.length, shown.length]).toEqual([1_000, 500, 500])
})

test('stopped between two requests, it asks for no more and takes back the rest', async () => {
  const send = vi.fn(async (items: string[]) => {
    await Promise.resolve()
    stopping.stop()
    return { results: items.map(ok) }
  })
  const { ended, shown, stopping } = run(steps(2_500), send)
  const { done, left } = await ended
  expect(send).toHaveBeenCalledTimes(1)
  expect([done.length, left, shown.length]).toEqual([1_000, 1_500, 1_500])
})

test('all files of a folder are asked for from where the last request left off', async () => {
  const outcome = { done: [], refused: [], left: 0, isUnclear: false }
  const offsets: number[] = []
  const path = '/Big/' as FolderPath
  const options = { show: () => {}, onProgress: () => {}, stopping: createStopping() }
  await runWhole(
    {
      path,
      total: 3,
      async send({ offset }) {
        offsets.push(offset)
        const isLast = offset === 1
        const refused = { item: '/Big/b', status: 'error', message: 'It is held.' }
        const results = isLast ? [ok('/c')] : [ok('/a'), refused]
        return { status: 'ok', results, next_offset: isLast ? 1 : 1, has_more: !isLast }
      },
    },
    outcome,
    options,
  )
  expect(offsets).toEqual([0, 1])
  expect(outcome).toMatchObject({
    done: [{ item: '/a' }, { item: '/c' }],
    refused: [{ item: '/Big/b' }],
    left: 0,
  })
})
