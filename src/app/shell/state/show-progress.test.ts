import { expect, test } from 'vitest'
import { type Transfer, TransferRows } from '#app/lib/transfers/transfer-rows.ts'
import type { TransferState } from '#app/lib/transfers/transfer-sums.ts'
import { ManualClock } from '#app/testing/manual-clock.ts'
import { showProgress } from './show-progress.ts'

function world() {
  const clock = new ManualClock()
  const make = () =>
    new TransferRows<Transfer>({
      clock,
      measure: ({ state }) => ({ whole: 1, moved: state === 'done' ? 1 : 0 }),
    })
  const [uploads, imports] = [make(), make()]
  const shown: (string | null)[] = []
  const awake: boolean[] = []
  const notices: string[] = []
  showProgress({
    ...{ uploads, imports, clock },
    page: {
      show: (progress) =>
        void shown.push(progress && `${progress.title} ${Math.round(progress.share * 100)} %`),
    },
    wakeLock: { set: (isWanted) => void awake.push(isWanted) },
    notice: {
      ...{ canAsk: () => false, isWanted: () => true, ask: async () => true },
      show: (title, body) => void notices.push(`${title}: ${body}`),
    },
  })
  const add = (rows: TransferRows<Transfer>, ...states: TransferState[]) =>
    rows.add(states.map((state, index) => ({ id: String(index), state })))
  return {
    ...{ uploads, imports, add, shown, awake, notices },
    pass: () => clock.advance(1_000),
  }
}

test('the tab tells how far all is, a pause, and nothing once all is over', async () => {
  const { uploads, imports, add, shown, awake, notices, pass } = world()
  expect(shown).toEqual([null])
  add(uploads, 'running', 'waiting', 'waiting', 'waiting')
  uploads.change('0', { state: 'done' })
  await pass()
  expect([shown.at(-1), awake.at(-1)]).toEqual(['1 of 4 · Barkeep 25 %', true])
  add(imports, 'running', 'done')
  await pass()
  // Those that were done before do not count.
  expect(shown.at(-1)).toBe('1 of 5 · Barkeep 13 %')
  imports.change('0', { state: 'done' })
  uploads.setPausedByHand(true)
  await pass()
  expect([shown.at(-1), awake.at(-1)]).toEqual(['Paused · 1 of 4 · Barkeep 25 %', false])
  uploads.setPausedByHand(false)
  uploads.changeMany(['1', '2'], (row) => ({ ...row, state: 'failed' }))
  uploads.change('3', { state: 'cancelled' })
  await pass()
  expect([shown.at(-1), awake.at(-1)]).toEqual([null, false])
  expect(notices).toEqual([
    'Imports finished: 1 imported',
    'Uploads finished: 1 uploaded, 2 failed',
  ])
})

test('whoever stopped all of it is not told so', async () => {
  const { uploads, add, notices, pass } = world()
  add(uploads, 'running')
  await pass()
  uploads.change('0', { state: 'cancelled' })
  await pass()
  expect(notices).toEqual([])
})
