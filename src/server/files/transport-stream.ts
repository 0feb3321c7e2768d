import type { FileHandle } from 'node:fs/promises'

/** A packet of MPEG-TS has 188 bytes; on Blu-rays and in cameras' `.m2ts` four more go before it. */
const packetSizes = [188, 192]
const syncByte = 0x47
const packetsLookedAt = 3

/** Whether `file` is a film in MPEG-TS: every packet of one starts with "G". */
export async function isTransportStream(file: FileHandle): Promise<boolean> {
  const bytes = Buffer.alloc(packetsLookedAt * 192)
  const { buffer, bytesRead } = await file.read(bytes, 0, bytes.length, 0)
  return packetSizes.some((size) => {
    const first = size - 188
    if (bytesRead <= first + size) return false
    const starts = Array.from({ length: packetsLookedAt }, (_, index) => first + index * size)
    return starts.every((at) => at >= bytesRead || buffer[at] === syncByte)
  })
}
