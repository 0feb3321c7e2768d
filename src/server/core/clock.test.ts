import { expect, test } from 'vitest'
import { isoTime } from './clock.ts'

const day = 24 * 60 * 60 * 1000

test.each([0, -1, 999, 1000, day - 1, day, -day, Date.UTC(2024, 1, 29, 23, 59, 59, 999)])(
  'the time %d is written as the rest of the world writes it, whichever was written before',
  (ms) => {
    for (const epochMs of [ms, ms + day, ms + 1, ms - 1, ms + 59_000, ms]) {
      expect(isoTime(epochMs)).toBe(new Date(epochMs).toISOString().replace(/\.\d+Z$/, '+00:00'))
    }
  },
)
