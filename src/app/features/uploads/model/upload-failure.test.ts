import { expect, test } from 'vitest'
import { tooLarge } from './upload-failure.ts'

test.each([
  [3 * 2 ** 30, 2 ** 31, 'Too large: 3.2 GB. The limit is 2 GiB a file.'],
  [
    2 ** 31 + 1,
    2 ** 31,
    'Too large: 2,147,483,649 bytes. The limit is 2,147,483,648 bytes a file.',
  ],
])('a file of %d bytes where %d are taken', (size, limit, reason) => {
  expect(tooLarge(size, limit).reason).toBe(reason)
})
