import { expect, test } from 'vitest'
import { commonFolder } from './before-text.ts'

test.each([
  [['/Trip/day1/', '/Trip/day2/'], '/Trip/'],
  [['/Trip/day1/', '/Trip/day10/'], '/Trip/'],
  [['/Trip/', '/Trip/day1/'], '/Trip/'],
  [['/Trip/', '/Films/'], '/'],
  [['/Trip/day1/'], '/Trip/day1/'],
  [[], '/'],
])('files to %j go to %s', (folders, common) => {
  expect(commonFolder(folders.map((folder) => ({ folder })))).toBe(common)
})
