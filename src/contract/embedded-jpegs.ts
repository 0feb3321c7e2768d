/**
 * The JPEGs that cameras put into their files: the thumbnail in the EXIF block of a photo, the previews of raw
 * photos. A reader of directories, not of pictures: the app and the server both use it to decode nothing
 * but JPEG, and of a file of 60 MB only what they need.
 */

/** `offset` is from the start of what was read. */
export type EmbeddedJpeg = { offset: number; length: number }

export type Embedded = {
  /** What only programs for raw photos can show. */
  isRaw: boolean
  /** As EXIF counts it, 1 to 8, of the picture around them. */
  orientation: number
  /** In the order found; some may be no JPEG that anything can show. */
  jpegs: EmbeddedJpeg[]
}

/** A directory that goes in circles, or on for ever, is left. */
const most = { directories: 24, entries: 512, values: 16 }

/** Null for what is no TIFF, no EXIF block (which is one), and no raw photo that it knows. */
export function findEmbedded(start: Uint8Array): Embedded | null {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  if (hasText(view, 0, 'FUJIFILM')) return readFuji(view)
  if (hasText(view, 4, 'ftypcrx ')) return readCanonBoxes(view)
  const isLittle = hasText(view, 0, 'II')
  if ((!isLittle && !hasText(view, 0, 'MM')) || view.byteLength < 8) return null
  const version = view.getUint16(2, isLittle)
  // Panasonic and Olympus write other numbers there.
  if (![42, 0x55, 0x4f52, 0x5352].includes(version)) return null
  return new Directories(view, isLittle).read(version !== 42 || hasText(view, 8, 'CR'))
}

class Directories {
  readonly #found: Embedded = { isRaw: false, orientation: 1, jpegs: [] }
  readonly #view: DataView
  readonly #isLittle: boolean

  constructor(view: DataView, isLittle: boolean) {
    this.#view = view
    this.#isLittle = isLittle
  }

  read(isRaw: boolean): Embedded {
    this.#found.isRaw = isRaw
    const offsets = [this.#view.getUint32(4, this.#isLittle)]
    // It grows on the way.
    for (const [at, offset] of offsets.entries()) {
      if (at >= most.directories || offsets.indexOf(offset) < at) break
      offsets.push(...this.#readOne(offset, at === 0))
    }
    return this.#found
  }

  /** Gives the offsets of those below it, and of the next. What lies past the end of the bytes is left out. */
  #readOne(offset: number, isFirst: boolean): number[] {
    const view = this.#view
    if (offset < 8 || offset + 2 > view.byteLength) return []
    const count = Math.min(view.getUint16(offset, this.#isLittle), most.entries)
    const end = offset + 2 + count * 12
    const tags = new Map<number, number[]>()
    for (let at = offset + 2; at + 12 <= Math.min(end, view.byteLength); at += 12) {
      tags.set(view.getUint16(at, this.#isLittle), this.#valuesAt(at))
    }
    this.#note(tags, isFirst)
    const next = end + 4 <= view.byteLength ? view.getUint32(end, this.#isLittle) : 0
    return [...(tags.get(0x14a) ?? []), ...(next === 0 ? [] : [next])]
  }

  #note(tags: ReadonlyMap<number, number[]>, isFirst: boolean): void {
    const one = (tag: number) => tags.get(tag)?.[0] ?? 0
    const { jpegs } = this.#found
    if (isFirst) this.#found.orientation = orientationOf(one(0x112))
    // The colours of a sensor, and Adobe's own mark.
    if ([32803, 34892].includes(one(0x106)) || tags.has(0xc612)) this.#found.isRaw = true
    const isJpeg = [6, 7].includes(one(0x103)) && tags.get(0x111)?.length === 1
    if (one(0x202) > 0) jpegs.push({ offset: one(0x201), length: one(0x202) })
    else if (isJpeg) jpegs.push({ offset: one(0x111), length: one(0x117) })
    // Panasonic's, whose length is that of the field.
    const [offset = 0, length = 0] = tags.get(0x2e) ?? []
    if (length > 0) jpegs.push({ offset, length })
  }

  #valuesAt(entry: number): number[] {
    const [view, isLittle] = [this.#view, this.#isLittle]
    const type = view.getUint16(entry + 2, isLittle)
    const count = view.getUint32(entry + 4, isLittle)
    const pointer = view.getUint32(entry + 8, isLittle)
    // Bytes of no type are named by where they are, and how many.
    if (type === 7) return [pointer, count]
    const size = { 3: 2, 4: 4, 13: 4 }[type]
    if (size === undefined || count > most.values) return []
    const first = count * size <= 4 ? entry + 8 : pointer
    if (first + count * size > view.byteLength) return []
    return Array.from({ length: count }, (_, at) =>
      size === 2
        ? view.getUint16(first + at * 2, isLittle)
        : view.getUint32(first + at * 4, isLittle),
    )
  }
}

/** A JPEG whose place stands at the start. Its own EXIF says how it is turned. */
function readFuji(view: DataView): Embedded | null {
  if (view.byteLength < 92) return null
  const jpeg = { offset: view.getUint32(84), length: view.getUint32(88) }
  return { isRaw: true, orientation: 1, jpegs: [jpeg] }
}

/** Canon's newer ones are boxes as films are; two of them hold a JPEG, behind a few fields. */
function readCanonBoxes(view: DataView): Embedded {
  const jpegs: EmbeddedJpeg[] = []
  for (let at = 4; at + 40 < view.byteLength; at += 1) {
    if (!hasText(view, at, 'THMB') && !hasText(view, at, 'PRVW')) continue
    const end = at - 4 + view.getUint32(at - 4)
    const start = Array.from({ length: 28 }, (_, index) => at + 4 + index).find(
      (offset) => view.getUint16(offset) === 0xffd8,
    )
    if (start !== undefined && end > start) jpegs.push({ offset: start, length: end - start })
  }
  return { isRaw: true, orientation: 1, jpegs }
}

function orientationOf(value: number): number {
  return value >= 1 && value <= 8 ? value : 1
}

function hasText(view: DataView, at: number, text: string): boolean {
  if (at + text.length > view.byteLength) return false
  for (let index = 0; index < text.length; index += 1) {
    if (view.getUint8(at + index) !== text.charCodeAt(index)) return false
  }
  return true
}
