import { expect, test } from 'vitest'
import { findLinks, guessKind, readLinkText } from './find-links.ts'

test.each([
  ['nothing', '', []],
  ['prose without links', 'see you at 5 http:// or so', []],
  ['one link', 'https://a.example/x', ['https://a.example/x']],
  ['capitals', 'HTTPS://A.example/X', ['HTTPS://A.example/X']],
  [
    'many lines, Windows ends',
    'https://a.example/1\r\nhttps://a.example/2\r\n',
    ['https://a.example/1', 'https://a.example/2'],
  ],
  ['the end of a sentence', 'Look: https://a.example/x?y=1. Good!', ['https://a.example/x?y=1']],
  [
    'a Chinese sentence that goes on',
    '视频：https://a.example/v/1。请看',
    ['https://a.example/v/1'],
  ],
  ['a question', 'Did you see https://a.example/watch?v=1?', ['https://a.example/watch?v=1']],
  ['parentheses around', '(https://a.example/x)', ['https://a.example/x']],
  ['parentheses inside', 'https://a.example/Foo_(film), or', ['https://a.example/Foo_(film)']],
  ['both', '(see https://a.example/Foo_(film))', ['https://a.example/Foo_(film)']],
  ['markdown', '[a film](https://a.example/x) and', ['https://a.example/x']],
  [
    'markdown whose text is a link',
    '[https://a.example/x](https://a.example/x)',
    ['https://a.example/x'],
  ],
  ['bold', '**https://a.example/x**', ['https://a.example/x']],
  ['angle brackets', '<https://a.example/x>', ['https://a.example/x']],
  ['HTML', '<a href="https://a.example/x">y</a>', ['https://a.example/x']],
  [
    'markup, which writes & in its own way',
    '<a href="https://a.example/?x=1&amp;y=2"><link>https://b.example/?x&#38;y</link>',
    ['https://a.example/?x=1&y=2', 'https://b.example/?x&y'],
  ],
  ['words that have it', 'https://a.example/?x=1&amp;y=2', ['https://a.example/?x=1&amp;y=2']],
  [
    'marks that nobody sees',
    '\u202ehttps://a.example/x\u202c https://a.example/y\u200b \u2068https://a.example/z\u2069',
    ['https://a.example/x', 'https://a.example/y', 'https://a.example/z'],
  ],
  ['HTML in single quotes', "<a href='https://a.example/x'>y</a>", ['https://a.example/x']],
  [
    'a list',
    'https://a.example/1,https://a.example/2',
    ['https://a.example/1', 'https://a.example/2'],
  ],
  [
    'JSON',
    '["https://a.example/1","https://a.example/2"]',
    ['https://a.example/1', 'https://a.example/2'],
  ],
  [
    'Python',
    "['https://a.example/1','https://a.example/2']",
    ['https://a.example/1', 'https://a.example/2'],
  ],
  ['commas that belong to it', 'https://a.example/1,2', ['https://a.example/1,2']],
  [
    'a link in a link',
    'https://web.example/2020/https://a.example/x',
    ['https://web.example/2020/https://a.example/x'],
  ],
  ['the same twice', 'https://a.example/x https://A.example/x', ['https://a.example/x']],
  ['an address', 'http://[2001:db8::1]:8080/x', ['http://[2001:db8::1]:8080/x']],
  ['a bare IPv6 host in brackets', '[http://[2001:db8::1]]', ['http://[2001:db8::1]']],
  ['other letters', '見て：https://a.example/映画。', ['https://a.example/映画']],
  ['a uri-list with comments', '# from a page\nhttps://a.example/x\n', ['https://a.example/x']],
  ['bare domains', 'www.example.com example.com/x', []],
  ['other schemes', 'javascript:alert(1) ftp://a.example/x file:///etc/passwd', []],
  ['a scheme inside a word', 'xhttps://a.example/x', []],
  ['no host', 'https:///x http://?q', []],
])('%s', (_case, text, links) => {
  expect(findLinks(text)).toEqual(links)
})

test('ten megabytes of anything are read without a pause', () => {
  expect(findLinks(')'.repeat(10_000_000))).toEqual([])
  const long = `https://a.example/${')'.repeat(100_000)}`
  expect(findLinks(long)).toEqual(['https://a.example/'])
})

test('lines without a link are counted, links in prose found', () => {
  const text = 'https://a.example/x\n\nexample.com/video\r\nLook: http://b.example\nftp://c.example'
  expect(readLinkText(text)).toEqual({
    links: ['https://a.example/x', 'http://b.example'],
    otherLines: 2,
    tooLong: [],
  })
})

test('the same link on two lines is one import, and its second line is not left out', () => {
  expect(readLinkText('https://a.example/x\nhttps://a.example/x')).toEqual({
    links: ['https://a.example/x'],
    otherLines: 0,
    tooLong: [],
  })
})

test('a link that the API would refuse for its length is named, not started', () => {
  const { links, tooLong } = readLinkText(`https://a.example/${'x'.repeat(8192)}`)
  expect(links).toEqual([])
  expect(tooLong).toEqual([`https://a.example/${'x'.repeat(42)}…`])
})

test.each([
  ['https://a.example/Films/a.mp4?x=1', 'Video file'],
  ['https://a.example/b.FLAC#t', 'Audio file'],
  ['https://a.example/%E2%82%AC.pdf', 'Document'],
  ['https://a.example/watch?v=a.mp4', 'Page or file'],
  ['https://a.example', 'Page or file'],
  ['https://a.example/%', 'Page or file'],
])('%s is taken for: %s', (link, guess) => {
  expect(guessKind(link)).toBe(guess)
})
