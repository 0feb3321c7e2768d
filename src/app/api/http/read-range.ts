/** Bytes of a file; `size` is that of the whole file, null where the server does not tell it. */
export type Range = { bytes: Uint8Array<ArrayBuffer>; size: number | null }

/** Why a link could not be read, in words for people. */
export class LinkFailure extends Error {
  /** There was no answer, or none that this page may read. */
  readonly isUnreachable: boolean

  constructor(message: string, { isUnreachable = false } = {}) {
    super(message)
    this.isUnreachable = isUnreachable
  }
}

/** Where a server sends the whole file and not the part that was asked for, this much is read past. */
const mostSkipped = 2 ** 24

/**
 * Reads `length` bytes of what is behind a link, from byte `from` on; fewer where the file ends, none
 * past its end. Never takes in more, whatever the server sends.
 * @throws {LinkFailure} where nothing of use came; an `AbortError` when `signal` says so.
 */
export async function readRange(
  link: string,
  { from, length }: { from: number; length: number },
  signal: AbortSignal,
): Promise<Range> {
  if (length <= 0) return { bytes: new Uint8Array(), size: null }
  const response = await request(link, `bytes=${from}-${from + length - 1}`, signal)
  const told = readContentRange(response)
  if (response.status === 416) return { bytes: new Uint8Array(), size: told.size }
  if (response.status === 206) {
    if ((told.from ?? from) !== from) {
      throw new LinkFailure('The server sent another part of the file.')
    }
    return { bytes: await readBody(response, 0, length), size: told.size }
  }
  if (response.status !== 200) throw new LinkFailure(wordsFor(response.status))
  if (from > mostSkipped) {
    await response.body?.cancel()
    throw new LinkFailure('This server sends whole files only.')
  }
  return { bytes: await readBody(response, from, length), size: readLength(response) }
}

/** Where the answer begins and how large the file is; null for each that is not told. */
function readContentRange(response: Response): { from: number | null; size: number | null } {
  const header = response.headers.get('content-range') ?? ''
  const [, from, size] = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(header) ?? []
  return {
    from: from === undefined ? null : Number(from),
    size: size === undefined || size === '*' ? null : Number(size),
  }
}

function readLength(response: Response): number | null {
  const told = response.headers.get('content-length')
  return told === null || !/^\d+$/.test(told) ? null : Number(told)
}

async function request(link: string, range: string, signal: AbortSignal): Promise<Response> {
  try {
    // Kept answers would be whole files for a part of one.
    return await fetch(link, { headers: { range }, credentials: 'omit', cache: 'no-store', signal })
  } catch (error) {
    if (signal.aborted) throw error
    throw new LinkFailure('The file could not be reached. Check that you are online.', {
      isUnreachable: true,
    })
  }
}

function wordsFor(status: number): string {
  if (status === 404 || status === 410) return 'There is no file behind this link any more.'
  return `The server refused to send the file (status ${status}).`
}

/** The bytes of a body after the first `skipped`, `length` at the most; the rest is not fetched. */
async function readBody(response: Response, skipped: number, length: number) {
  const bytes = new Uint8Array(length)
  let filled = 0
  let toSkip = skipped
  const reader = response.body?.getReader()
  while (reader && filled < length) {
    const { done, value } = await reader.read()
    if (done) break
    const part = value.subarray(toSkip, toSkip + length - filled)
    toSkip = Math.max(0, toSkip - value.length)
    bytes.set(part, filled)
    filled += part.length
  }
  await reader?.cancel()
  return bytes.subarray(0, filled)
}
