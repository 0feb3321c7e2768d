import { detectImportType, guessImportType } from './detect-import-type.ts'
import { ImportFailure } from './import-failure.ts'
import { statusText } from './import-failure-text.ts'
import { openPatiently, type PatientOptions, type PatientParts } from './open-patiently.ts'
import { closeBody, type OpenedUrl } from './open-url.ts'
import { createSourceCookies, type SourceCookies } from './source-cookies.ts'

export type OpenedSource = { answer: OpenedUrl; cookies: SourceCookies }

/**
 * A link that is being opened, or is open with nothing read of it. Some links work once: what was
 * opened to look at it is what gets stored.
 */
export type SourceOpening = {
  opened: Promise<OpenedSource>
  /** What the answer is; it can be read all the same. Rejects as `detectImportType` throws. */
  type: Promise<'file' | 'video'>
  /** Ends it, whoever is reading. */
  close(): void
}

/** Opens a link for one import. Whoever gets it closes it in the end. */
export function openSource(
  parts: PatientParts,
  url: URL,
  { isAgain = false }: { isAgain?: boolean } = {},
): SourceOpening {
  const stop = new AbortController()
  const cookies = createSourceCookies()
  const open = isAgain ? openAgain : openPatiently
  // A site that refuses us may still be one that yt-dlp knows its way into.
  const isEnough = (answer: OpenedUrl) => guessImportType(url) === 'video' && isPage(answer)
  const opened = open(parts, url, { signal: stop.signal, cookies, isEnough }).then((answer) => ({
    ...{ answer, cookies },
  }))
  const type = opened.then(({ answer }) => detectImportType(answer))
  // Whoever closes it early asks for neither.
  type.catch(() => undefined)
  return {
    opened,
    type,
    close() {
      stop.abort()
      opened.then(({ answer }) => closeBody(answer.body)).catch(() => undefined)
    },
  }
}

/** Opens a link that has been open before. @throws also ImportFailure where it worked only once */
export async function openAgain(
  parts: PatientParts,
  url: URL,
  options: PatientOptions,
): Promise<OpenedUrl> {
  const answer = await openPatiently(parts, url, options)
  if (![401, 403, 404, 410].includes(answer.status)) return answer
  closeBody(answer.body)
  throw new ImportFailure(
    `${statusText(answer.status)} It was there before, so the link may work only once: get a new one and import that.`,
  )
}

function isPage({ headers }: OpenedUrl): boolean {
  return /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(headers['content-type'] ?? '')
}
