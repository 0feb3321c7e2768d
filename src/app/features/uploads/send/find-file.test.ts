import { expect, test } from 'vitest'
import { type FilesPage, filesPageSize } from '#contract/files.ts'
import { findListedFile } from './find-file.ts'

function folderOf(total: number) {
  const names = Array.from({ length: total }, (_, number) => fileName(number))
  const asked: number[] = []
  async function listPage(offset: number): Promise<FilesPage> {
    asked.push(offset)
    const files = names.slice(offset, offset + filesPageSize).map((name) => ({
      name,
      size: 1,
      link: '',
      uploaded_at: '',
    }))
    const next_offset = offset + files.length
    const limit = filesPageSize
    const has_more = next_offset < total
    return { status: 'ok', path: '/', folders: [], files, limit, next_offset, has_more }
  }
  const find = (name: string) =>
    findListedFile({ name, listPage, isSought: (file) => file.name === name })
  return { find, asked }
}

const fileName = (number: number) => `IMG_${String(number).padStart(6, '0')}.jpg`

test.each([0, 1, 49, 50, 51, 100, 2_000])('every file of %i is found', async (total) => {
  const { find } = folderOf(total)
  for (let number = 0; number < total; number += 1) {
    expect(await find(fileName(number))).toHaveProperty('name', fileName(number))
  }
})

test.each(['0', 'IMG_000050.gif', 'IMG_000050.txt', 'zebra'])('%s is missed', async (name) => {
  expect(await folderOf(2_000).find(name)).toBeNull()
  expect(await folderOf(0).find(name)).toBeNull()
})

test('a folder of 100,000 files takes some twenty requests, not two thousand', async () => {
  const { find, asked } = folderOf(100_000)
  expect(await find(fileName(77_777))).not.toBeNull()
  expect(asked.length).toBeLessThan(24)
})
