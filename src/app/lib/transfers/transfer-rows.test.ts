import { expect, test } from 'vitest'
import { ManualClock } from '#app/testing/manual-clock.ts'
import { type Transfer, TransferRows } from './transfer-rows.ts'
import { isUnfinished, type TransferState } from './transfer-sums.ts'

const sections = [
  ['running'],
  ['failed'],
  ['waiting', 'interrupted'],
  ['done', 'cancelled'],
] as const
const states = sections.flat() as TransferState[]

function listOf(rows: { at(index: number): { id: string } | undefined }): string[] {
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

const groups = ['Trip', 'Rome', 'Oslo', null, null].map((name) => name && { id: `/${name}/`, name })

/** Adds, removes, moves and changes rows by chance. */
function mixer(rows: TransferRows<Transfer>, random: (below: number) => number) {
  let made = 0
  const stateAt = () => states[random(states.length)] as TransferState
  const some = (most: number) =>
    Array.from({ length: random(most) }, () => String(random(made + 1)))
  const make = () => ({
    ...{ id: `${made++}`, state: stateAt() },
    group: groups[random(groups.length)] || null,
  })
  const kinds = [
    () => rows.add(Array.from({ length: random(30) }, make)),
    () => rows.remove(new Set(some(6))),
    () => rows.changeMany(some(60), (row) => ({ ...row, state: stateAt() })),
    () => rows.moveToHead(some(3)),
    () => rows.toggleGroup('/Rome/'),
  ]
  const changeSome = () => {
    for (const id of some(3)) rows.change(id, { state: stateAt() })
  }
  return () => (kinds[random(12)] ?? changeSome)()
}

test.for([false, true])(
  'any mixture of changes leaves the rows where a sort would put them, newest first: %s',
  (isNewestFirst) => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const measure = ({ id }: Transfer) => ({ whole: Number(id), moved: 1 })
    const clock = new ManualClock()
    const rows = new TransferRows<Transfer>({ clock, sections, isNewestFirst, measure })
    const mix = mixer(rows, seeded(seed))
    for (let step = 0; step < 300; step += 1) {
      mix()
      const all = rows.all()
      const sorted = (some: readonly Transfer[]) =>
        sections.flatMap((inIt: readonly TransferState[]) =>
          some.filter(({ state }) => inIt.includes(state)).map(({ id }) => id),
        )
      const list = listOf(rows)
      const heads = list.filter((id) => id.startsWith('/'))
      const rowsOf = (id: string) => all.filter(({ group }) => group?.id === id)
      // What stands alone, and each group below its head.
      const alone = all.filter(({ group }) => !group || rowsOf(group.id).length === 1)
      const inHeads = new Set(heads.flatMap((id) => rowsOf(id).map((row) => row.id)))
      expect({
        seed,
        step,
        list: list.filter((id) => !inHeads.has(id) && !heads.includes(id)),
      }).toEqual({
        ...{ seed, step },
        list: expect.arrayContaining(alone.map(({ id }) => id)),
      })
      expect(sorted(all.filter(({ group }) => !group))).toEqual(
        list.filter((id) => all.some((row) => row.id === id && !row.group)),
      )
      for (const id of heads) {
        const head = rows.at(rows.indexOf(id))
        expect(head).toMatchObject({ id, sums: { totals: { all: rowsOf(id).length } } })
        const at = list.indexOf(id) + 1
        const below = head && 'isOpen' in head && head.isOpen ? sorted(rowsOf(id)) : []
        expect(list.slice(at, at + below.length)).toEqual(below)
      }
      expect(list.map((id) => rows.indexOf(id))).toEqual(list.map((_, index) => index))
      const { totals, run, items } = rows.getSnapshot()
      expect([totals.all, items]).toEqual([all.length, list.length])
      // Whatever still goes on is waited for.
      const open = all.filter(isUnfinished)
      expect(run.totals.unfinished).toBe(open.length)
      const waiting = open.filter(({ state }) => state === 'waiting')
      expect(run.waiting).toBe(waiting.reduce((sum, { id }) => sum + Number(id), 0))
    }
  },
)

function rowsOf(clock = new ManualClock()) {
  type Row = Transfer & { size: number; sent: number }
  const rows = new TransferRows<Row>({
    clock,
    sections,
    measure: ({ size, sent, state }) => ({ whole: size, moved: state === 'done' ? size : sent }),
  })
  const add = (...ids: string[]) =>
    rows.add(ids.map((id) => ({ id, state: 'waiting' as const, size: 1_000, sent: 0 })))
  return { rows, add, clock }
}

test('what a person waits for begins anew when all was over, and forgets what was taken off the list', () => {
  const { rows, add } = rowsOf()
  add('a', 'b')
  rows.change('a', { state: 'done' })
  add('c')
  expect(rows.getSnapshot().run).toMatchObject({
    totals: { done: 1, all: 3 },
    moved: 1_000,
    whole: 3_000,
  })
  rows.change('b', { state: 'failed' })
  rows.change('c', { state: 'cancelled' })
  expect(rows.getSnapshot().run).toMatchObject({ totals: { done: 1, all: 3 }, whole: 2_000 })
  add('d')
  expect(rows.getSnapshot().run.totals).toMatchObject({ done: 0, waiting: 1, all: 1 })
  // The last one of a run goes to and fro in it.
  rows.change('d', { state: 'running', sent: 500 })
  rows.change('d', { state: 'waiting', sent: 0 })
  rows.change('b', { state: 'waiting' })
  expect(rows.getSnapshot().run.totals).toMatchObject({ waiting: 2, all: 2 })
  rows.remove(new Set(['b']))
  expect(rows.getSnapshot().run.totals).toMatchObject({ waiting: 1, all: 1 })
})

test('the speed does not jump, and neither waiting nor a try that begins anew makes it slower', async () => {
  const { rows, add, clock } = rowsOf()
  add('a', 'b')
  const send = (id: string, sent: number) => rows.change(id, { state: 'running', sent })
  const speed = () => Math.round(rows.getSnapshot().speed ?? -1)
  send('a', 0)
  expect(speed()).toBe(-1)
  for (const sent of [100, 200, 300, 400]) {
    await clock.advance(1_000)
    send('a', sent)
  }
  const steady = speed()
  expect(steady).toBeGreaterThan(95)
  expect(steady).toBeLessThan(115)
  // A minute for its turn of the window.
  rows.change('a', { state: 'waiting', sent: 0 })
  await clock.advance(60_000)
  send('a', 0)
  expect(speed()).toBe(steady)
  // One fast second moves it, and does not rule it.
  await clock.advance(1_000)
  send('a', 1_000)
  expect(speed()).toBeGreaterThan(steady)
  expect(speed()).toBeLessThan(500)
})

test('the first folder is open, large ones that follow are closed, and a press turns each', () => {
  const { rows } = rowsOf()
  const add = (name: string, length: number) =>
    rows.add(
      Array.from({ length }, (_, index) => ({
        ...{ id: `${name}${index}`, state: 'waiting' as const, size: 1, sent: 0 },
        group: { id: `/${name}/`, name },
      })),
    )
  add('Trip', 20)
  expect(rows.getSnapshot().items).toBe(21)
  add('Rome', 20)
  expect(rows.getSnapshot().items).toBe(22)
  add('Oslo', 2)
  add('Bonn', 1)
  expect(listOf(rows).slice(21)).toEqual(['/Rome/', '/Oslo/', 'Oslo0', 'Oslo1', 'Bonn0'])
  rows.toggleGroup('/Trip/')
  expect(listOf(rows).slice(0, 2)).toEqual(['/Trip/', '/Rome/'])
  expect(rows.indexOf('Trip3')).toBe(-1)
  rows.moveToHead(['Oslo1'], '/Oslo/')
  expect(listOf(rows).slice(0, 4)).toEqual(['/Oslo/', 'Oslo1', 'Oslo0', '/Trip/'])
})

test('where the last row was taken off, nothing stands', () => {
  const { rows, add } = rowsOf()
  add('a')
  expect(listOf(rows)).toEqual(['a'])
  rows.remove(new Set(['a']))
  expect([listOf(rows), rows.getSnapshot().items]).toEqual([[], 0])
})

test('a folder of which some are there stays in its place between two of its files', () => {
  const { rows, add } = rowsOf()
  const group = { id: '/Trip/', name: 'Trip' }
  add('a')
  rows.add(['b', 'c'].map((id) => ({ id, group, state: 'waiting' as const, size: 1, sent: 0 })))
  expect(listOf(rows)).toEqual(['a', '/Trip/', 'b', 'c'])
  rows.change('b', { state: 'running' })
  expect(listOf(rows)).toEqual(['/Trip/', 'b', 'c', 'a'])
  rows.change('b', { state: 'done' })
  expect(listOf(rows)).toEqual(['/Trip/', 'c', 'b', 'a'])
  expect(rows.at(0)).toMatchObject({ state: 'running' })
})

test('an upload that goes on touches its own row alone, however many stand beside it', () => {
  let weighed = 0
  const noted: string[][] = []
  const rows = new TransferRows<Transfer>({
    clock: new ManualClock(),
    sections,
    measure: () => {
      weighed += 1
      return { whole: 1, moved: 0 }
    },
    onStates: (ids) => noted.push([...ids]),
  })
  rows.add(Array.from({ length: 30_000 }, (_, id) => ({ id: `${id}`, state: 'waiting' as const })))
  const [first, last] = [rows.get('0'), rows.get('29999')]
  weighed = 0
  noted.length = 0
  rows.change('15000', { state: 'running' })
  rows.change('15000', { state: 'done' })
  expect(weighed).toBe(2)
  expect(noted).toEqual([['15000'], ['15000']])
  expect(rows.at(29_999)?.id).toBe('15000')
  expect([rows.get('0'), rows.get('29999')]).toEqual([first, last])
})
