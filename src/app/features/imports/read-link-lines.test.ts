import { expect, test } from 'vitest'
import { readLinkLines } from './read-link-lines.ts'

test('lines without a link are named by their number', () => {
  const text = 'https://a.example/x\n\nexample.com/video\r\nLook: http://b.example\nftp://c.example'
  expect(readLinkLines(text)).toEqual({
    links: ['https://a.example/x', 'http://b.example'],
    refused: [
      { number: 3, text: 'example.com/video', reason: 'is not an http or https link' },
      { number: 5, text: 'ftp://c.example', reason: 'is not an http or https link' },
    ],
  })
})

test('the same link on two lines is one import and no mistake', () => {
  expect(readLinkLines('https://a.example/x\nhttps://a.example/x')).toEqual({
    links: ['https://a.example/x'],
    refused: [],
  })
})

test('a link that the API would refuse for its length is named, not started', () => {
  const { links, refused } = readLinkLines(`https://a.example/${'x'.repeat(8192)}`)
  expect(links).toEqual([])
  expect(refused).toMatchObject([{ number: 1, reason: 'is longer than 8,192 characters' }])
})
