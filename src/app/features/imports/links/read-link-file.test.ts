import { expect, test } from 'vitest'
import { isShortcut, mayHoldLinks, readLinkFile } from './read-link-file.ts'

const shortcut = '[InternetShortcut]\r\nURL=https://a.example/watch?v=1&t=2\r\n'
/** UTF-16 with its mark, the low byte of each character first or last. */
function utf16(text: string, isLittle: boolean): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(2 * text.length + 2))
  for (const [at, one] of [...`\ufeff${text}`].entries()) {
    view.setUint16(2 * at, one.charCodeAt(0), isLittle)
  }
  return new Uint8Array(view.buffer)
}

test.each([
  ['a.url', shortcut, ['https://a.example/watch?v=1&t=2']],
  ['b.URL', utf16(shortcut, true), ['https://a.example/watch?v=1&t=2']],
  ['c.url', utf16(shortcut, false), ['https://a.example/watch?v=1&t=2']],
  [
    'list.m3u8',

    '#EXTM3U\n#EXTINF:1,A\nhttps://a.example/1.mp3\n../2.mp3\nhttps://a.example/1.mp3\n',
    ['https://a.example/1.mp3'],
  ],
  ['t.csv', 'name,link\n"a, b","https://a.example/x?y=1"\n', ['https://a.example/x?y=1']],
  [
    'latin.txt',
    new Uint8Array([0xe9, 0x20, ...new TextEncoder().encode('https://a.example/x')]),
    ['https://a.example/x'],
  ],
  ['none.txt', 'ftp://a.example and words', []],
  ['empty.txt', '', []],
])('the links of %s', async (name, bytes, links) => {
  expect(await readLinkFile(new File([bytes], name))).toEqual(links)
})

test('a shortcut is no more than its link; a list may be a file like any other', () => {
  expect(['a.url', 'b.webloc', 'c.txt', 'url'].map(isShortcut)).toEqual([true, true, false, false])
  expect(['a.url', 'c.txt', 'd.M3U', 'e.mp4'].map(mayHoldLinks)).toEqual([true, true, true, false])
})
