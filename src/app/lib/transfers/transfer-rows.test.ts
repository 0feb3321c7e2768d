import { expect, test } from 'vitest'
import { ManualClock } from '#app/testing/manual-clock.ts'
import { type Transfer, TransferRows, type TransferState } from './transfer-rows.ts'

const sections = [
  ['running'],
  ['failed'],
  ['waiting', 'interrupted'],
  ['done', 'cancelled'],
] as const
const states = sections.flat() as TransferState[]

function listOf(rows: { at(index: number): Transfer | undefined }): string[] {
  const ids: string[] = []
  for (let row = rows.at(0); row; row = rows.at(ids.length)) ids.push(row.id)
  return ids
}

test('what is sent and what failed stand above what waits and what is over', () => {
  const rows = new TransferRows<Transfer>({ clock: new ManualClock(), sections })
  const added = ['done', 'waiting', 'cancelled', 'failed', 'waiting', 'running'] as const
  rows.add(added.map((state, index) => ({ id: `${index}`, state })))
  expect(listOf(rows)).toEqual(['5', '3', '1', '4', '0', '2'])
})

function seeded(seed: number) {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Adds, removes and changes rows by chance. */
function mixer(rows: TransferRows<Transfer>, random: (below: number) => number) {
  let made = 0
  const stateAt = () => states[random(states.length)] as TransferState
  const some = (most: number) =>
    Array.from({ length: random(most) }, () => String(random(made + 1)))
  const make = () => ({ id: `${made++}`, state: stateAt() })
  return () => {
    const kind = random(10)
    if (kind === 0) rows.add(Array.from({ length: random(30) }, make))
    else if (kind === 1) rows.remove(new Set(some(6)))
    else if (kind === 2) rows.changeMany(some(60), (row) => ({ ...row, state: stateAt() }))
    else for (const id of some(3)) rows.change(id, { state: stateAt() })
  }
}

test.for([false, true])(
  'any mixture of changes leaves the rows where a sort would put them, newest first: %s',
  (isNewestFirst) => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const weigh = ({ state }: Transfer) => (state === 'waiting' ? 1 : 0)
    const clock = new ManualClock()
    const rows = new TransferRows<Transfer>({ clock, sections, isNewestFirst, weigh })
    const mix = mixer(rows, seeded(seed))
    for (let step = 0; step < 300; step += 1) {
      mix()
      const all = rows.all()
      const inState = (some: readonly TransferState[]) =>
        all.filter(({ state }) => some.includes(state))
      const list = listOf(rows)
      expect({ seed, step, list }).toEqual({
        seed,
        step,
        list: sections.flatMap(inState).map(({ id }) => id),
      })
      expect(list.map((id) => rows.indexOf(id))).toEqual(list.map((_, index) => index))
      const { totals, weight } = rows.getSnapshot()
      const waiting = inState(['waiting']).length
      expect([totals.all, totals.waiting, weight]).toEqual([all.length, waiting, waiting])
    }
  },
)

test('an upload that goes on touches its own row alone, however many stand beside it', () => {
  let weighed = 0
  const noted: string[][] = []
  const rows = new TransferRows<Transfer>({
    clock: new ManualClock(),
    sections,
    weigh: () => {
      weighed += 1
      return 0
    },
    onStates: (ids) => noted.push([...ids]),
  })
  rows.add(Array.from({ length: 30_000 }, (_, id) => ({ id: `${id}`, state: 'waiting' as const })))
  const [first, last] = [rows.get('0'), rows.get('29999')]
  weighed = 0
  noted.length = 0
  rows.change('15000', { state: 'running' })
  rows.change('15000', { state: 'done' })
  expect(weighed).toBe(4)
  expect(noted).toEqual([['15000'], ['15000']])
  expect(rows.at(29_999)?.id).toBe('15000')
  expect([rows.get('0'), rows.get('29999')]).toEqual([first, last])
})
