import type { ImportErrorCode } from '#contract/imports.ts'
import { AccessEnded } from '#server/core/access-watch.ts'
import { ApiFailure } from '#server/core/failure.ts'

/** What is told of a failed import: a sentence for people, and what programs can go by. */
export type ImportError = { code: ImportErrorCode; message: string }

/** Why an import cannot be done. `message` is for people: no paths, no private URLs, no stack. */
export class ImportFailure extends Error {
  override name = 'ImportFailure'
  readonly code: ImportErrorCode
  constructor(code: ImportErrorCode, message: string) {
    super(message)
    this.code = code
  }

  static of({ code, message }: ImportError): ImportFailure {
    return new ImportFailure(code, message)
  }
}

/** The source answered with a status that is no file. */
export class RefusedBySource extends ImportFailure {
  readonly status: number
  constructor(status: number) {
    super(codeOfStatus(status), statusText(status))
    this.status = status
  }
}

/** A request was taken, and its answer did not come in all the time that a source has for it. */
export class SilentSource extends ImportFailure {
  override name = 'SilentSource'
  constructor() {
    super('site_error', 'The site does not answer.')
  }
}

/** The guard said no: the address is not on the public internet and nobody allowed it. */
export class ForbiddenAddress extends ImportFailure {
  override name = 'ForbiddenAddress'
  constructor() {
    super('private_address', 'That link leads to a private address, which imports may not reach.')
  }
}

export const tooLarge: ImportError = {
  code: 'too_large',
  message: 'It is larger than this server accepts.',
}

export const liveStream: ImportError = {
  code: 'live',
  message: 'Live streams cannot be imported. Try again when it is over.',
}

export const noRoom: ImportError = {
  code: 'server_full',
  message: 'The server has no room for it.',
}

/** Why an import failed, for people: no path, no address, no stack, whatever was thrown. */
export function importErrorOf(error: unknown): ImportError {
  if (error instanceof ImportFailure) return { code: error.code, message: error.message }
  if (error instanceof AccessEnded) {
    return { code: error.code as ImportErrorCode, message: error.message }
  }
  if (error instanceof ApiFailure) {
    if (error.code === 'payload_too_large') return tooLarge
    if (error.code === 'unavailable') {
      return { code: 'server_full', message: 'The server has no room for it, or its disk fails.' }
    }
  }
  return (
    systemError(error) ?? {
      code: 'server_error',
      message: 'Something unexpected went wrong on the server.',
    }
  )
}

/** Whether a link had to wait before it was opened for this import, or has been open for it before. */
export type SourcePast = 'new' | 'waited' | 'seen'

/**
 * What to say of a link that is gone, or closed, once its import had to wait: many work once, or for
 * some minutes only. Any other failure stays as it is.
 */
export function explainEnded(error: unknown, past: SourcePast): unknown {
  const isEnded = error instanceof RefusedBySource && [401, 403, 404, 410].includes(error.status)
  if (!isEnded || past === 'new') return error
  const why =
    past === 'seen'
      ? 'It was there before, so the link may work only once: get a new one and import that.'
      : 'The import had to wait before it could ask, and many links end soon or work only once: get a new one and import that.'
  return new ImportFailure('link_expired', `${error.message} ${why}`)
}

/** Bytes without a head: HTTP/0.9, or another service, such as SSH, mail or RTSP. Nothing tells them apart. */
export const noHttpHead: ImportError = {
  code: 'bad_link',
  message:
    'The site answered in something that is not HTTP, or in HTTP without headers (0.9), which browsers refuse, too. Check the port in the link.',
}

export const noHttps: ImportError = {
  code: 'wrong_scheme',
  message: 'The site does not speak https there.',
}

const siteErrors: Record<string, string> = {
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
}

/** OpenSSL's codes, which OpenSSL names after whatever it was doing: the first that fits counts. */
const httpsErrors: [pattern: RegExp, message: string][] = [
  [
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS|VERSION_TOO_LOW/,
    'The site speaks only versions of https (TLS) that are too old; browsers refuse it, too.',
  ],
  [
    /HANDSHAKE_FAILURE|NO_SHARED_CIPHER|TOO_SMALL|UNSUPPORTED_ALGORITHM|NO_SUITABLE/,
    'The site and this server know no way of https (TLS) in common.',
  ],
  [/CERT_HAS_EXPIRED/, 'The certificate of the site has expired.'],
  [
    /CERT_NOT_YET_VALID/,
    'The certificate of the site is not valid yet; this server may have a wrong clock.',
  ],
  [/ALTNAME/, 'The certificate of the site is for another name.'],
  [
    /UNABLE_TO_(VERIFY|GET)/,
    'The site does not send the whole chain of its certificate, or nobody whom this server trusts signed it.',
  ],
  [/CERT|SELF_SIGNED/, 'The certificate of the site is not valid.'],
  [/TLS|SSL/, 'The https (TLS) of the site is broken.'],
]

/** What an error of the system, of Node or of OpenSSL means; null for one that says nothing to people. */
function systemError(error: unknown): ImportError | null {
  const { code } = error as { code?: unknown }
  const text = typeof code === 'string' ? code : ''
  if (text === 'ENOTFOUND') return { code: 'bad_link', message: 'There is no site of that name.' }
  if (text === 'ENOSPC') return noRoom
  const siteError = siteErrors[text]
  if (siteError !== undefined) return { code: 'site_error', message: siteError }
  if (text.startsWith('HPE_')) {
    return { code: 'bad_answer', message: 'The answer of the site breaks the rules of HTTP.' }
  }
  // Brotli's are called ERR__ERROR_FORMAT_CL_SPACE and the like.
  if (/^Z_|^ERR_(_?ZLIB|_ERROR_|BROTLI|ZSTD|.*DECOMPRESS)|^ERR_PADDING|^ZSTD_/.test(text)) {
    const message = 'The site sent the file compressed, and what it sent is damaged.'
    return { code: 'bad_answer', message }
  }
  if (/^EPROTO$|WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(text)) return noHttps
  if (/CERTIFICATE_REQUIRED|ALERT_BAD_CERTIFICATE/.test(text)) {
    const message = 'The site is only for visitors who have a certificate of their own.'
    return { code: 'sign_in_required', message }
  }
  const message = httpsErrors.find(([pattern]) => pattern.test(text))?.[1]
  return message === undefined ? null : { code: 'insecure_site', message }
}

function codeOfStatus(status: number): ImportErrorCode {
  if ([401, 403].includes(status)) return 'sign_in_required'
  if (status === 451) return 'not_available'
  if ([202, 408, 425, 429].includes(status) || status >= 500) return 'site_error'
  return status >= 400 || status === 300 ? 'bad_link' : 'bad_answer'
}

/** What an HTTP status of the source means to whoever pasted the link. */
function statusText(status: number): string {
  const words = statusPhrases[status]
  return `The site answered ${status}${words ? ` (${words})` : ''}.`
}

/** A source that wants to be asked again later than an import waits for. */
export function askLater(status: number, ms: number): ImportFailure {
  const minutes = Math.ceil(ms / 60_000)
  const text = minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`
  return new ImportFailure(
    'retry_later',
    `${statusText(status)} It wants to be asked again in ${text}: retry it then.`,
  )
}

const statusPhrases: Record<number, string> = {
  101: 'another protocol than HTTP',
  202: 'not ready yet: retry it later',
  204: 'no content',
  205: 'no content',
  206: 'a piece of the file, which nobody asked for',
  300: 'several files to choose from: link to one of them',
  304: 'not modified',
  401: 'sign-in needed',
  403: 'not allowed',
  404: 'not found',
  408: 'too slow',
  410: 'gone',
  425: 'too early',
  429: 'too many requests',
  451: 'blocked for legal reasons',
  500: 'server error',
  502: 'server error',
  503: 'unavailable',
  504: 'server error',
}
