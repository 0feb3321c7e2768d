/** What is known of a picture's address: its width by its height once it was loaded, null if it cannot be. */
type Known = number | null

/** Numbers only: the pictures themselves are the browser's to keep or to forget. */
const maxKnown = 20_000

/** `load` fetches and decodes one. @throws where it cannot; the signal's reason */
type Load = (url: string, signal: AbortSignal) => Promise<number>

type Waiting = { url: string; signal: AbortSignal; done: (known: Known) => void }

/**
 * Loads pictures a few at a time, what was asked for last first: that is what is in sight. Who takes the
 * question back before its turn costs no request.
 */
export function createImageLoader(load: Load, atOnce: number) {
  const known = new Map<string, Known>()
  const waiting: Waiting[] = []
  let running = 0

  function note(url: string, result: Known): void {
    known.set(url, result)
    const [oldest] = known.keys()
    if (known.size > maxKnown && oldest !== undefined) known.delete(oldest)
  }

  async function run({ url, signal, done }: Waiting): Promise<void> {
    running += 1
    try {
      note(url, await load(url, signal))
    } catch {
      if (!signal.aborted) note(url, null)
    }
    running -= 1
    if (!signal.aborted) done(known.get(url) ?? null)
    next()
  }

  function next(): void {
    while (running < atOnce) {
      const one = waiting.pop()
      if (!one) return
      if (one.signal.aborted) continue
      const found = known.get(one.url)
      if (found === undefined) void run(one)
      else one.done(found)
    }
  }

  return {
    /** Undefined for what nobody has asked for yet. */
    known: (url: string): Known | undefined => known.get(url),
    ask(url: string, signal: AbortSignal, done: (known: Known) => void): void {
      waiting.push({ url, signal, done })
      next()
    },
    /** It was there and is no more, such as a file that was deleted meanwhile. */
    forget: (url: string): void => note(url, null),
  }
}

/** By an element that is never shown: its request can be taken back, and it knows the picture's shape. */
export async function loadImage(url: string, signal: AbortSignal): Promise<number> {
  const image = new Image()
  image.decoding = 'async'
  image.fetchPriority = 'low'
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const takeBack = () => {
    image.src = ''
    reject(signal.reason)
  }
  signal.addEventListener('abort', takeBack, { once: true })
  image.onload = () => resolve(image.naturalWidth / image.naturalHeight || 1)
  image.onerror = () => reject(new Error('no picture'))
  image.src = url
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', takeBack)
  }
}
