import { expect, test } from 'vitest'
import { describeDetails } from './describe-details.ts'

const file = { size: 1_234_567, uploadedAt: '2026-06-25T10:00:00Z' }

test('a film, as the server knows it', () => {
  const known = {
    status: 'ok' as const,
    size: 1_234_567,
    type: 'video/mp4',
    sha256: 'ab12',
    width: 1920,
    height: 1080,
    duration: 65.4,
    codecs: ['h264', 'aac'],
    camera: 'Canon EOS R6',
    taken_at: '2026-06-01T12:30:00',
    place: { latitude: 50.93753, longitude: -6.9602 },
  }
  expect(describeDetails(file, known)).toEqual([
    ['Size', '1.2 MB (1,234,567 bytes)'],
    ['Uploaded', expect.stringContaining('25 June 2026')],
    ['Type', 'video/mp4'],
    ['Dimensions', '1920 × 1080'],
    ['Duration', '1 min'],
    ['Codecs', 'h264, aac'],
    ['Taken', '2026-06-01 12:30:00'],
    ['Camera', 'Canon EOS R6'],
    ['Place', '50.93753, -6.96020'],
    ['SHA-256', 'ab12'],
  ])
})

test('a file of which nothing more is known', () => {
  expect(describeDetails({ size: 12, uploadedAt: 'nonsense' }, null)).toEqual([
    ['Size', '12 bytes'],
  ])
})
