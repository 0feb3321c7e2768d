import mime from 'mime'

export type ContentRules = { type: string; isInline: boolean; policy: string }

const fallbackType = 'application/octet-stream'
// What browsers run, as a script of a page or as a worker that outlives it, if it has such a type.
const scriptType = /^(application|text)\/(x-)?(java|ecma|live|j)script$/
const sandboxPolicy = "default-src 'none'; sandbox"
// A picture or a film on its own page, and the style that browsers give that page.
const mediaPolicy =
  "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; sandbox"
// Browsers do not show a PDF in a sandbox; it has no way to the app's storage without scripts.
const pdfPolicy = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"

/** Names that TypeScript and films share: `transport-stream.ts` says which of the two a file is. */
export function isFilmOrScript(name: string): boolean {
  return /\.m?ts$/i.test(name)
}

/**
 * How a stored file is shown, by its name: inline where a browser shows it without running it, as a
 * download otherwise. No stored page may ever run as a page of the app's origin.
 */
export function contentRules(name: string, isFilm = true): ContentRules {
  const named = mime.getType(name) ?? fallbackType
  const isScript = isFilmOrScript(name) && !isFilm
  const type = isScript ? 'text/plain' : scriptType.test(named) ? fallbackType : named
  if (type === 'application/pdf') return { type, isInline: true, policy: pdfPolicy }
  if (/^(image|audio|video)\//.test(type)) return { type, isInline: true, policy: mediaPolicy }
  if (type === 'text/plain') {
    return { type: 'text/plain; charset=utf-8', isInline: true, policy: sandboxPolicy }
  }
  if (type === 'text/vtt') {
    return { type: 'text/vtt; charset=utf-8', isInline: false, policy: sandboxPolicy }
  }
  return { type, isInline: false, policy: sandboxPolicy }
}
