import { expect, test } from 'vitest'
import { newUpload } from '#app/features/uploads/upload.ts'
import { orderUploads } from './upload-list.tsx'

test('what is sent and what failed stand above what waits and what is over', () => {
  const states = ['done', 'waiting', 'cancelled', 'failed', 'waiting', 'running'] as const
  const uploads = states.map((state, index) =>
    newUpload({ id: `${index}`, name: 'a', folder: '/', size: 1 }, { state }),
  )
  expect(orderUploads(uploads).map(({ id }) => id)).toEqual(['5', '3', '1', '4', '0', '2'])
})
