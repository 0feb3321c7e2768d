/** Width and height in pixels, as they are stored: before any orientation. */
export type ImageSize = { width: number; height: number }

/**
 * The size that the first bytes of a picture tell, so that nothing is decoded that would not fit into the
 * page's memory. Null where they do not tell: another format, or it comes later.
 */
export function readImageSize(bytes: Uint8Array): ImageSize | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return readers.reduce<ImageSize | null>((found, read) => found ?? read(view), null)
  } catch {
    // It ends before it tells.
    return null
  }
}

const text = (view: DataView, at: number, length: number) =>
  String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, length))
const uint24 = (view: DataView, at: number) =>
  view.getUint16(at, true) | (view.getUint8(at + 2) << 16)

const readers = [readPng, readJpeg, readGif, readWebp, readBmp, readBoxes]

function readPng(view: DataView): ImageSize | null {
  if (view.getUint32(0) !== 0x89504e47) return null
  return { width: view.getUint32(16), height: view.getUint32(20) }
}

function readJpeg(view: DataView): ImageSize | null {
  if (view.getUint16(0) !== 0xffd8) return null
  for (let at = 2; ; at += 2 + view.getUint16(at + 2)) {
    while (view.getUint8(at + 1) === 0xff) at += 1
    const marker = view.getUint8(at + 1)
    // A frame begins, whichever way it is coded; 4, 8 and 12 among them are tables.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    if (view.getUint8(at) !== 0xff) return null
  }
}

function readGif(view: DataView): ImageSize | null {
  if (text(view, 0, 4) !== 'GIF8') return null
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) }
}

function readWebp(view: DataView): ImageSize | null {
  if (text(view, 0, 4) !== 'RIFF' || text(view, 8, 4) !== 'WEBP') return null
  const form = text(view, 12, 4)
  if (form === 'VP8X') return { width: uint24(view, 24) + 1, height: uint24(view, 27) + 1 }
  if (form === 'VP8L') {
    const bits = view.getUint32(21, true)
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
}

function readBmp(view: DataView): ImageSize | null {
  if (text(view, 0, 2) !== 'BM') return null
  return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) }
}

/** AVIF and HEIC: the largest of the sizes (`ispe`) that its pictures have. */
function readBoxes(view: DataView): ImageSize | null {
  if (text(view, 4, 4) !== 'ftyp') return null
  let found: ImageSize | null = null
  for (let at = 8; at + 16 <= view.byteLength; at += 1) {
    if (view.getUint32(at) !== 0x69737065) continue
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) }
    if (!found || size.width * size.height > found.width * found.height) found = size
  }
  return found
}
