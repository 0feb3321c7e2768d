/** A picture that can be drawn: where from, and its width by its height. */
export type LoadedPicture = { src: string; shape: number }

/** What is known of a picture once it was asked for: null if there is none. */
type Known = LoadedPicture | null

/** Numbers only: the pictures themselves are the browser's to keep or to forget. */
const maxKnown = 20_000

/** `load` fetches and decodes one. @throws where it cannot; the signal's reason */
type Load<Asked> = (asked: Asked, signal: AbortSignal) => Promise<LoadedPicture>

type Waiting<Asked> = { asked: Asked; signal: AbortSignal; done: (known: Known) => void }

/**
 * Loads pictures a few at a time, what was asked for last first: that is what is in sight. Who takes the
 * question back before its turn costs no request.
 */
export function createImageLoader<Asked extends { key: string }>(
  load: Load<Asked>,
  atOnce: number,
) {
  const known = new Map<string, Known>()
  const waiting: Waiting<Asked>[] = []
  let running = 0

  function note(key: string, result: Known): void {
    known.set(key, result)
    const [oldest] = known.keys()
    if (known.size > maxKnown && oldest !== undefined) known.delete(oldest)
  }

  async function run({ asked, signal, done }: Waiting<Asked>): Promise<void> {
    running += 1
    try {
      note(asked.key, await load(asked, signal))
    } catch {
      if (!signal.aborted) note(asked.key, null)
    }
    running -= 1
    if (!signal.aborted) done(known.get(asked.key) ?? null)
    next()
  }

  function next(): void {
    while (running < atOnce) {
      const one = waiting.pop()
      if (!one) return
      if (one.signal.aborted) continue
      const found = known.get(one.asked.key)
      if (found === undefined) void run(one)
      else one.done(found)
    }
  }

  return {
    /** Undefined for what nobody has asked for yet. */
    known: (key: string): Known | undefined => known.get(key),
    ask(asked: Asked, signal: AbortSignal, done: (known: Known) => void): void {
      waiting.push({ asked, signal, done })
      next()
    },
    /** It was there and is no more, such as a file that was deleted meanwhile. */
    forget: (key: string): void => note(key, null),
    /** It can be had again, by asking. */
    drop: (key: string): void => void known.delete(key),
  }
}

/** By an element that is never shown: its request can be taken back, and it knows the picture's shape. */
export async function loadImage(
  { key: src }: { key: string },
  signal: AbortSignal,
): Promise<LoadedPicture> {
  const image = new Image()
  image.decoding = 'async'
  image.fetchPriority = 'low'
  const { promise, resolve, reject } = Promise.withResolvers<LoadedPicture>()
  const takeBack = () => {
    image.src = ''
    reject(signal.reason)
  }
  signal.addEventListener('abort', takeBack, { once: true })
  image.onload = () => resolve({ src, shape: image.naturalWidth / image.naturalHeight || 1 })
  image.onerror = () => reject(new Error('no picture'))
  image.src = src
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', takeBack)
  }
}
