import { AccessEnded } from '#server/http/access-watch.ts'
import { ApiFailure } from '#server/http/api-failure.ts'
import { ForbiddenAddress, ImportFailure } from './import-failure.ts'

const reasonMaxLength = 200

/** Why an import failed, for people: no path, no address, no stack, whatever was thrown. */
export function importFailureText(error: unknown): string {
  if (error instanceof ImportFailure || error instanceof AccessEnded) return error.message
  if (error instanceof ApiFailure) {
    if (error.code === 'payload_too_large') return 'It is larger than this server accepts.'
    if (error.code === 'unavailable') return 'The server has no room for it, or its disk fails.'
  }
  const code = codeOf(error)
  return systemReasons[code] ?? 'Something unexpected went wrong on the server.'
}

const noHttpsReason = 'The site does not speak https there.'

const systemReasons: Record<string, string> = {
  ENOTFOUND: 'There is no site of that name.',
  EAI_AGAIN: 'The name of the site could not be looked up.',
  ECONNREFUSED: 'The site refuses connections.',
  ECONNRESET: 'The site broke the connection.',
  EHOSTUNREACH: 'The site cannot be reached.',
  ENETUNREACH: 'The site cannot be reached.',
  EPIPE: 'The site broke the connection.',
  ETIMEDOUT: 'The site does not answer.',
  EADDRNOTAVAIL: 'The site cannot be reached.',
  ENETDOWN: 'The site cannot be reached.',
  ECONNABORTED: 'The site broke the connection.',
  ENOSPC: 'The server has no room for it.',
  EPROTO: noHttpsReason,
  TLS: 'The certificate of the site is not valid.',
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown }
  const text = typeof code === 'string' ? code : ''
  if (text.startsWith('HPE_')) return 'ECONNRESET'
  if (/CERT|TLS|SSL|ALTNAME/.test(text)) return 'TLS'
  return text
}

/** What an HTTP status of the source means to whoever pasted the link. */
export function statusText(status: number): string {
  const words = statusWords[status]
  return `The site answered ${status}${words ? ` (${words})` : ''}.`
}

const statusWords: Record<number, string> = {
  401: 'sign-in needed',
  403: 'not allowed',
  404: 'not found',
  410: 'gone',
  429: 'too many requests',
  451: 'blocked for legal reasons',
  500: 'server error',
  502: 'server error',
  503: 'unavailable',
}

/**
 * The reason in what yt-dlp printed to stderr. Its known failures get our words; another one keeps
 * the site's own sentence with everything cut out that could be an address, a path or advice for developers.
 */
export function ytDlpFailureText(errorLines: readonly string[]): string {
  const text = errorLines.filter((line) => line.startsWith('ERROR:')).at(-1) ?? ''
  const known = ytDlpReasons.find(({ pattern }) => pattern.test(text))
  if (known) return known.reason
  const status = /HTTP Error (\d{3})/.exec(text)?.[1]
  if (status) return statusText(Number(status))
  const cleaned = cleanReason(text)
  return cleaned === ''
    ? 'The video could not be fetched.'
    : `The video could not be fetched: ${cleaned}`
}

export const noVideoReason =
  'No video was found on that page. To save the page itself, import it with the type File.'

const streamReason = 'That kind of stream cannot be imported.'

const ytDlpReasons: { pattern: RegExp; reason: string }[] = [
  { pattern: /only the (proxy|media tools)/, reason: new ForbiddenAddress().message },
  {
    pattern: /unknown url type|file:(\/\/)? URLs|could not be run|rtmpdump/i,
    reason: streamReason,
  },
  { pattern: /fragment \d+ not found/i, reason: 'A piece of the video is missing on its site.' },
  {
    pattern:
      /Unsupported URL|No video formats found|no video in|No media found|extension .* is unusual/i,
    reason: noVideoReason,
  },
  {
    pattern: /Requested format is not available/i,
    reason: 'That video has no version of the chosen quality.',
  },
  {
    pattern: /Sign in|log ?in|cookies|account|private video|members-only/i,
    reason: 'That video needs an account on its site.',
  },
  {
    pattern: /geo.?restrict|not available (in|from) your (country|location)/i,
    reason: 'That video is not available where this server is.',
  },
  { pattern: /DRM/, reason: 'That video is protected against copying (DRM).' },
  {
    pattern: /Name or service not known|failed to resolve|getaddrinfo/i,
    reason: 'There is no site of that name.',
  },
  { pattern: /timed out|timeout/i, reason: 'The site does not answer.' },
  { pattern: /No space left|Errno 28/i, reason: 'The server has no room for it.' },
  { pattern: /File too large|Errno 27/i, reason: 'It is larger than this server accepts.' },
  {
    pattern: /whitelist|Protocol not found|ffmpeg exited/i,
    reason: streamReason,
  },
  { pattern: /CERTIFICATE_VERIFY_FAILED/i, reason: 'The certificate of the site is not valid.' },
  { pattern: /WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE/i, reason: noHttpsReason },
  // Python that is out of memory mostly says nothing at all.
  {
    pattern: /^ERROR:\s*$|unable to allocate/i,
    reason: 'That page is too large to look for a video in it.',
  },
]

function cleanReason(text: string): string {
  return (
    text
      .replace(/^ERROR:\s*/, '')
      .replace(/^\[[^\]]*\]\s*(\S+:\s)?/, '')
      // Advice to file a bug, and the exception that caused it.
      .replace(
        /[;.(]?\s*(please report this issue|\(caused by|caused by|confirm you are on).*$/is,
        '',
      )
      .replace(/[a-z][a-z\d+.-]*:\/\/\S+/gi, '')
      .replace(/(?<![\w])[/~\\][^\s"']*[/\\][^\s"']*/g, '')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, reasonMaxLength)
  )
}
