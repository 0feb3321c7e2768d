import { expect, test } from 'vitest'
import { attachmentLink } from './open-link.ts'

test("A Barkeep server's link is asked for an attachment", () => {
  expect(attachmentLink('http://127.0.0.1:4000/share/1/a%20b.mp4')).toBe(
    'http://127.0.0.1:4000/share/1/a%20b.mp4?download=1',
  )
})

test("Another service's link stays as it is, for it might be signed", () => {
  const link = 'https://share.example/1782/movie.mp4?sig=x'
  expect(attachmentLink(link)).toBe(link)
})
