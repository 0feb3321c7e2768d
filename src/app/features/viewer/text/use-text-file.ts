import { useEffect, useRef, useState } from 'react'
import { LinkFailure, readRange } from '#app/api/http/read-range.ts'

/** One piece of a file, in bytes. */
const pieceBytes = 262_144
/** More than this nobody reads here, and a page has to hold it: the rest is for a download. */
const mostBytes = 32 * pieceBytes

export type TextFile = {
  bytes: Uint8Array<ArrayBuffer>
  /** Of the whole file; as listed until the server tells it. */
  size: number
  isWhole: boolean
  isLoading: boolean
  /** Why the last piece did not come, in words. */
  problem: string | null
  /** Reads the next piece, or tries the last one again; null where there is no more to show. */
  loadMore: (() => void) | null
}

type Loaded = Pick<TextFile, 'bytes' | 'size' | 'isWhole' | 'problem'>

/** A file from its start, piece by piece, each when it is asked for. */
export function useTextFile(link: string, listedSize: number): TextFile {
  const [loaded, setLoaded] = useState<Loaded>({
    bytes: new Uint8Array(),
    size: listedSize,
    isWhole: false,
    problem: null,
  })
  const [isLoading, setIsLoading] = useState(true)
  const reading = useRef<AbortController | null>(null)

  async function read(from: Loaded) {
    reading.current?.abort()
    const abort = new AbortController()
    reading.current = abort
    setIsLoading(true)
    const next = await readNext(link, from, abort.signal)
    if (abort.signal.aborted) return
    setLoaded(next)
    setIsLoading(false)
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for a file has a component of its own
  useEffect(() => {
    void read(loaded)
    return () => reading.current?.abort()
  }, [])

  const canLoad = !loaded.isWhole && loaded.bytes.length < mostBytes
  return { ...loaded, isLoading, loadMore: canLoad ? () => void read(loaded) : null }
}

async function readNext(link: string, loaded: Loaded, signal: AbortSignal): Promise<Loaded> {
  const { bytes } = loaded
  // Asking for the first byte of nothing is refused.
  if (loaded.size === 0) return { ...loaded, isWhole: true, problem: null }
  try {
    const piece = await readRange(link, { from: bytes.length, length: pieceBytes }, signal)
    const joined = new Uint8Array(bytes.length + piece.bytes.length)
    joined.set(bytes)
    joined.set(piece.bytes, bytes.length)
    const size = piece.size ?? loaded.size
    const isWhole = piece.size === null ? piece.bytes.length < pieceBytes : joined.length >= size
    return { bytes: joined, size, isWhole: isWhole || piece.bytes.length === 0, problem: null }
  } catch (error) {
    const problem = error instanceof LinkFailure ? error.message : 'The connection broke.'
    return { ...loaded, problem }
  }
}
