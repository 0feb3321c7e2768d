import { expect, test } from 'vitest'
import { readImageSize } from './image-size.ts'

const bytes = (hex: string) =>
  Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const chars = (text: string) =>
  Array.from(text, (sign) => sign.charCodeAt(0).toString(16).padStart(2, '0')).join('')

test.each([
  ['a PNG', `89504e470d0a1a0a 0000000d ${chars('IHDR')} 00002710 00002af8`, 10000, 11000],
  ['a GIF', `${chars('GIF89a')} 4001 c800`, 320, 200],
  ['a BMP', `${chars('BM')} ${'00'.repeat(16)} 40010000 38ffffff`, 320, 200],
  [
    'a JPEG behind tables and padding',
    'ffd8 ffe0 0004 0000 ffff c4 0003 00 ffc2 0011 08 0bb8 0fa0',
    4000,
    3000,
  ],
  [
    'a WebP with alpha',
    `${chars('RIFF')} 00000000 ${chars('WEBPVP8X')} 0a000000 10000000 9f0f00 b70b00`,
    4000,
    3000,
  ],
  [
    'a lossy WebP',
    `${chars('RIFF')} 00000000 ${chars('WEBPVP8 ')} 00000000 000000 9d012a 4001 c800`,
    320,
    200,
  ],
  [
    'a lossless WebP',
    `${chars('RIFF')} 00000000 ${chars('WEBPVP8L')} 00000000 2f 3fc13100`,
    320,
    200,
  ],
  [
    'an AVIF with a small picture before the large one',
    `00000018 ${chars('ftypavif')} ${chars('ispe')} 00000000 000000a0 00000078 ${chars('ispe')} 00000000 00000fa0 00000bb8`,
    4000,
    3000,
  ],
])('%s says how large it is', (_, hex, width, height) => {
  expect(readImageSize(bytes(hex))).toEqual({ width, height })
})

test.each([
  '',
  'ff',
  'ffd8',
  'ffd8 ffe0',
  'ffd8 ffe0 ffff 00',
  '89504e47',
  chars('<svg xmlns="">'),
])('%s says nothing', (hex) => {
  expect(readImageSize(bytes(hex))).toBeNull()
})
