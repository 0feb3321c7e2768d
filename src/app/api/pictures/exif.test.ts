import readTags from 'exif-reader'
import { expect, test } from 'vitest'
import { ExifBytes } from '#contract/exif-bytes.ts'
import { findExif, readExif } from './exif.ts'

const ascii = (text: string) => Array.from(text, (sign) => sign.charCodeAt(0))

/** A block with maker and model, in big-endian order. */
function block(): Uint8Array {
  const view = new DataView(new ArrayBuffer(80))
  new Uint8Array(view.buffer).set(ascii('MM\0*'))
  view.setUint32(4, 8)
  view.setUint16(8, 2)
  const fields = [
    [0x10f, 50, 6],
    [0x110, 60, 13],
  ] as const
  for (const [at, [tag, offset, count]] of fields.entries()) {
    const entry = 10 + at * 12
    view.setUint16(entry, tag)
    view.setUint16(entry + 2, 2)
    view.setUint32(entry + 4, count)
    view.setUint32(entry + 8, offset)
  }
  new Uint8Array(view.buffer).set(ascii('Canon\0'), 50)
  new Uint8Array(view.buffer).set(ascii('Canon EOS R6\0'), 60)
  return new Uint8Array(view.buffer)
}

test.each([
  ['a JPEG', [0xff, 0xd8, 0xff, 0xe1, 0, 88, ...ascii('Exif\0\0')]],
  ['a PNG', [0x89, ...ascii('PNG\r\n\x1a\n'), 0, 0, 0, 80, ...ascii('eXIf')]],
  ['a WebP', [...ascii('RIFF\0\0\0\0WEBPVP8X'), ...ascii('EXIF'), 80, 0, 0, 0]],
  ['a raw photo', []],
])('%s tells its camera', (_, before) => {
  const found = findExif(Uint8Array.from([...before, ...block()]))
  expect(found && readExif(found)).toEqual({ camera: 'Canon EOS R6' })
})

test('a picture without a block has none, and one that is cut off tells what is there', () => {
  expect(findExif(Uint8Array.from(ascii('GIF89a Exif\0\0 and more')))).toBeNull()
  const whole = block()
  for (let end = 0; end < whole.length; end += 1) readExif(whole.subarray(0, end))
  expect(readExif(new Uint8Array())).toEqual({})
})

test.each([
  ['bytes', 1],
  ['text', 2],
  ['numbers', 3],
  ['data', 7],
])('a block whose every field names all of it as its %s keeps nobody busy', (_, type) => {
  const bytes = new Uint8Array(131_072)
  bytes.set(ascii('MM\0*'))
  const view = new DataView(bytes.buffer)
  view.setUint32(4, 8)
  view.setUint16(8, 10_900)
  for (let at = 0; at < 10_900; at += 1) {
    view.setUint16(10 + at * 12, 0x10f)
    view.setUint16(12 + at * 12, type)
    view.setUint32(14 + at * 12, type === 3 ? 32_768 : 65_536)
    view.setUint32(18 + at * 12, 8)
  }
  expect(() => readTags(new ExifBytes(bytes) as never)).toThrow('says too much')
  expect(readExif(bytes)).toEqual({})
})
