import { expect, test } from 'vitest'
import type { FolderPath } from '#contract/folder-path.ts'
import { type LeftOut, refusedRequests } from './left-out.ts'

const films = '/Films/' as FolderPath
const emptyFolder = (name: string): LeftOut => ({ name, folders: 'Trip/', why: 'empty folder' })

test('what stays behind gets a row with its name, its place and the reason', () => {
  const [unreadable, empty] = refusedRequests(
    [emptyFolder('later'), { name: 'a.txt', folders: 'Trip/', why: 'unreadable' }],
    films,
  )
  expect(unreadable).toMatchObject({ name: 'a.txt', folder: '/Films/Trip/' })
  expect(unreadable?.refusal?.reason).toContain('cannot read it')
  expect(empty).toMatchObject({ name: 'later', folder: '/Films/Trip/' })
  expect(empty?.refusal?.reason).toContain('This folder is empty')
})

test('many empty folders are one row that names some', () => {
  const rows = refusedRequests(
    Array.from({ length: 1200 }, (_, index) => emptyFolder(`${index}`)),
    films,
  )
  expect(rows).toMatchObject([{ name: '1,200 empty folders', folder: '/Films/' }])
  expect(rows[0]?.refusal?.reason).toContain(
    'Trip/0, Trip/1, Trip/2, Trip/3, Trip/4, and 1,195 more',
  )
})

test('a file whose name is no text is told too', () => {
  const [row] = refusedRequests([{ name: '', folders: 'Trip/', why: 'unreadable' }], films)
  expect(row).toMatchObject({ name: 'A file whose name is no text', folder: '/Films/Trip/' })
})
