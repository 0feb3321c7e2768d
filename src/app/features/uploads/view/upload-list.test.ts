import { expect, test } from 'vitest'
import { newRow } from '#app/features/uploads/queue/validate-file.ts'
import { orderUploads } from './upload-list.tsx'

test('what is sent and what failed stand above what waits and what is over', () => {
  const states = ['done', 'waiting', 'cancelled', 'failed', 'waiting', 'sending'] as const
  const uploads = states.map((state, index) =>
    newRow({ id: `${index}`, name: 'a', folder: '/', size: 1 }, { state }),
  )
  expect(orderUploads(uploads).map(({ id }) => id)).toEqual(['5', '3', '1', '4', '0', '2'])
})
