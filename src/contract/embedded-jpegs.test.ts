import { expect, test } from 'vitest'
import { findEmbedded } from './embedded-jpegs.ts'

const ascii = (text: string) => Array.from(text, (sign) => sign.charCodeAt(0))

type Entry = [tag: number, type: 3 | 4 | 7, value: number, count?: number]

/** A TIFF in little-endian order of these directories, at 8, 208, 408 …, each of which names the next. */
function tiff(directories: Entry[][], { next = true } = {}): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 + directories.length * 200))
  view.setUint32(0, 0x49492a00)
  view.setUint32(4, 8, true)
  for (const [at, entries] of directories.entries()) {
    const start = 8 + at * 200
    view.setUint16(start, entries.length, true)
    for (const [index, [tag, type, value, count = 1]] of entries.entries()) {
      const entry = start + 2 + index * 12
      view.setUint16(entry, tag, true)
      view.setUint16(entry + 2, type, true)
      view.setUint32(entry + 4, count, true)
      view.setUint32(entry + 8, value, true)
    }
    const isLast = at === directories.length - 1
    const following = isLast || !next ? 0 : start + 200
    view.setUint32(start + 2 + entries.length * 12, following, true)
  }
  return new Uint8Array(view.buffer)
}

test('the thumbnail in the EXIF block of a photo is found, and how the photo lies', () => {
  const block = tiff([
    [[0x112, 3, 6]],
    [
      [0x201, 4, 700],
      [0x202, 4, 9000],
    ],
  ])
  expect(findEmbedded(block)).toEqual({
    ...{ isRaw: false, orientation: 6, jpegs: [{ offset: 700, length: 9000 }] },
  })
})

test('a raw photo tells itself by the colours of a sensor in a directory below, and names its previews', () => {
  const preview: Entry[] = [
    [0x103, 3, 6],
    [0x111, 4, 5000],
    [0x117, 4, 800_000],
  ]
  const raw = tiff([[[0x14a, 4, 208]], [[0x106, 3, 32803]]], { next: false })
  expect(findEmbedded(raw)).toMatchObject({ isRaw: true, jpegs: [] })
  const marked = tiff([[...preview, [0xc612, 4, 1]]])
  expect(findEmbedded(marked)).toMatchObject({
    ...{ isRaw: true, jpegs: [{ offset: 5000, length: 800_000 }] },
  })
  // Panasonic's own number, and its own field.
  const panasonic = tiff([[[0x2e, 7, 1024, 250_000]]])
  panasonic[2] = 0x55
  expect(findEmbedded(panasonic)).toMatchObject({
    ...{ isRaw: true, jpegs: [{ offset: 1024, length: 250_000 }] },
  })
  const fuji = new Uint8Array(100)
  fuji.set(ascii('FUJIFILMCCD-RAW '))
  new DataView(fuji.buffer).setUint32(84, 148)
  new DataView(fuji.buffer).setUint32(88, 70_000)
  expect(findEmbedded(fuji)).toMatchObject({ jpegs: [{ offset: 148, length: 70_000 }] })
  const canon = new Uint8Array(100)
  canon.set(ascii('ftypcrx '), 4)
  canon.set([0, 0, 0, 60, ...ascii('THMB')], 20)
  canon.set([0xff, 0xd8, 0xff], 44)
  expect(findEmbedded(canon)).toMatchObject({ jpegs: [{ offset: 44, length: 36 }] })
})

test('directories in circles, without end, or past the end harm nothing, and what is no TIFF is none', () => {
  expect(findEmbedded(tiff([[[0x14a, 4, 8]]]))).toMatchObject({ jpegs: [] })
  const many = tiff([[[0x14a, 4, 100, 4_000_000_000]]])
  expect(findEmbedded(many)).toMatchObject({ jpegs: [] })
  const whole = tiff([[[0x112, 3, 99]], [[0x201, 4, 7]], [[0x202, 4, 7]]])
  for (let end = 0; end < whole.length; end += 1) findEmbedded(whole.subarray(0, end))
  expect(findEmbedded(whole)?.orientation).toBe(1)
  expect(findEmbedded(Uint8Array.from(ascii('II, and so on it goes')))).toBeNull()
  expect(findEmbedded(new Uint8Array())).toBeNull()
})
