import { expect, test } from 'vitest'
import {
  type Arrangement,
  createArranger,
  orderOf,
  restToSort,
  type Sorting,
  serverOrder,
  sortingHere,
} from './arrange-entries.ts'
import type { Entry } from './entry.ts'

function file(name: string, size: number, uploadedAt = '2026-01-01T00:00:00Z'): Entry {
  return { kind: 'file', key: name, name, fileKind: 'other', size, link: null, uploadedAt }
}
function folder(name: string): Entry {
  return { kind: 'folder', key: name, name, path: `/${name}/` as never }
}

const entries = [
  folder('Été'),
  folder('Winter'),
  file('a', 5, '2026-03-01T00:00:00Z'),
  file('b', Number.NaN, 'never'),
  file('c', 2, '2026-01-01T00:00:00Z'),
]
const arrange = (wanted: Partial<Arrangement>) =>
  createArranger()(entries, { filter: '', sorting: serverOrder, ...wanted })
const names = (wanted: Partial<Arrangement>) => arrange(wanted).map(({ name }) => name)

test("Unasked, the server's order is left alone", () => {
  expect(arrange({ filter: ' ' })).toBe(entries)
})

test('A filter ignores case and accents, in the names and in itself', () => {
  expect(names({ filter: 'ete' })).toEqual(['Été'])
  expect(names({ filter: 'WÍNT' })).toEqual(['Winter'])
})

test('Folders stay first whatever the order', () => {
  expect(names({ sorting: { column: 'name', isDescending: true } })).toEqual([
    'Winter',
    'Été',
    'c',
    'b',
    'a',
  ])
  expect(names({ sorting: { column: 'size', isDescending: true } }).slice(0, 2)).toEqual([
    'Été',
    'Winter',
  ])
})

test('What is no size or no time counts as less than any', () => {
  expect(names({ sorting: { column: 'size', isDescending: false } }).slice(2)).toEqual([
    'b',
    'c',
    'a',
  ])
  expect(names({ sorting: { column: 'uploaded', isDescending: true } }).slice(2)).toEqual([
    'a',
    'c',
    'b',
  ])
})

/** Files of all sizes and days, some of them alike; tells each reading of what a filter or an order asks. */
function makeWatched(count: number) {
  const reads = { name: 0, size: 0, uploadedAt: 0 }
  const files = Array.from({ length: count }, (_, at) => {
    const day = String(1 + ((at * 11) % 28)).padStart(2, '0')
    const made = file(`${at} ${at % 3 ? 'sea' : 'hill'}`, (at * 7919) % 101, `2026-01-${day}`)
    return new Proxy(made, {
      get(target, field) {
        if (Object.hasOwn(reads, field)) reads[field as keyof typeof reads] += 1
        return Reflect.get(target, field)
      },
    })
  })
  return { files, reads }
}

const wishes: { wanted: Arrangement; field: 'name' | 'size' | 'uploadedAt' }[] = [
  { wanted: { filter: 'sea', sorting: serverOrder }, field: 'name' },
  ...[true, false].flatMap((isDescending) => [
    { wanted: wish('size', isDescending), field: 'size' as const },
    { wanted: wish('uploaded', isDescending), field: 'uploadedAt' as const },
    { wanted: { ...wish('size', isDescending), filter: 'sea' }, field: 'name' as const },
  ]),
  { wanted: wish('name', true), field: 'name' },
]

function wish(column: Sorting['column'], isDescending: boolean): Arrangement {
  return { filter: '', sorting: { column, isDescending } }
}

test.each(wishes)(
  'Pages that arrive are read once each and give the whole order: $wanted',
  (one) => {
    const { files, reads } = makeWatched(1000)
    const grow = createArranger()
    const lists = Array.from({ length: 20 }, (_, page) => files.slice(0, (page + 1) * 50))
    const last = lists.map((list) => grow(list, one.wanted)).at(-1) ?? []
    // A size is compared with 0 before it counts.
    expect(reads[one.field]).toBeLessThanOrEqual(one.field === 'size' ? 2000 : 1000)
    expect(last.map(({ key }) => key)).toEqual(
      createArranger()(files, one.wanted).map(({ key }) => key),
    )
  },
)

test('A page without a match leaves the list as it is, and a change in the middle is seen', () => {
  const grow = createArranger()
  const wanted = { ...wish('size', true), filter: 'a' }
  const first = [file('a1', 1), file('b1', 2), file('a2', 3)]
  const before = grow(first, wanted)
  expect(before.map(({ key }) => key)).toEqual(['a2', 'a1'])
  expect(grow([...first, file('b2', 9)], wanted)).toBe(before)
  const patched = [file('a1', 5), ...first.slice(1), file('a3', 4), folder('a4')]
  expect(grow(patched, wanted).map(({ key }) => key)).toEqual(['a4', 'a1', 'a3', 'a2'])
  expect(grow(first.slice(0, 1), wanted).map(({ key }) => key)).toEqual(['a1'])
})

test('what the server has sorted, or is about to, is not sorted here', () => {
  const largest: Sorting = { column: 'size', isDescending: true }
  const order = orderOf(largest)
  expect(order).toEqual({ sort: 'size', order: 'desc' })
  expect(orderOf({ ...largest })).toBe(order)
  expect(sortingHere({ order, isReordering: false }, largest)).toBe(serverOrder)
  const byName = orderOf(serverOrder)
  expect(sortingHere({ order: byName, isReordering: true }, largest)).toBe(serverOrder)
  expect(sortingHere({ order: byName, isReordering: false }, largest)).toBe(largest)
})

test('what is sorted here in part can be loaded by a press, for its price', () => {
  const loadAll = () => {}
  const folder = {
    ...{ isComplete: false, isReordering: false, isLoadingAll: false, pageSize: 50 },
    ...{ loadAll, stopLoadingAll: () => {} },
  }
  const sorting: Sorting = { column: 'size', isDescending: true }
  const rest = restToSort(folder, { filter: '', sorting })
  expect(rest).toMatchObject({ isLoading: false, pageSize: 50, onLoad: loadAll })
  expect(restToSort({ ...folder, isComplete: true }, { filter: '', sorting })).toBeNull()
  expect(restToSort(folder, { filter: '', sorting: serverOrder })).toBeNull()
  expect(restToSort(folder, { filter: 'a', sorting })).toBeNull()
})
