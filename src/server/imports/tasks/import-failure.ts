import { AccessEnded } from '#server/core/access-watch.ts'
import { ApiFailure } from '#server/core/failure.ts'

/** Why an import cannot be done. `message` is for people: no paths, no private URLs, no stack. */
export class ImportFailure extends Error {
  override name = 'ImportFailure'
}

/** A request was taken, and its answer did not come in all the time that a source has for it. */
export class SilentSource extends ImportFailure {
  override name = 'SilentSource'
  constructor() {
    super('The site does not answer.')
  }
}

/** The guard said no: the address is not on the public internet and nobody allowed it. */
export class ForbiddenAddress extends ImportFailure {
  override name = 'ForbiddenAddress'
  constructor() {
    super('That link leads to a private address, which imports may not reach.')
  }
}

/** Why an import failed, for people: no path, no address, no stack, whatever was thrown. */
export function importFailureText(error: unknown): string {
  if (error instanceof ImportFailure || error instanceof AccessEnded) return error.message
  if (error instanceof ApiFailure) {
    if (error.code === 'payload_too_large') return 'It is larger than this server accepts.'
    if (error.code === 'unavailable') return 'The server has no room for it, or its disk fails.'
  }
  return systemReason(error) ?? 'Something unexpected went wrong on the server.'
}

export const noHttpsReason = 'The site does not speak https there.'

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
}

/** OpenSSL's codes, which OpenSSL names after whatever it was doing: the first that fits counts. */
const httpsReasons: { pattern: RegExp; reason: string }[] = [
  { pattern: /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/, reason: noHttpsReason },
  {
    pattern: /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS|VERSION_TOO_LOW/,
    reason:
      'The site speaks only versions of https (TLS) that are too old; browsers refuse it, too.',
  },
  {
    pattern: /CERTIFICATE_REQUIRED|ALERT_BAD_CERTIFICATE/,
    reason: 'The site is only for visitors who have a certificate of their own.',
  },
  {
    pattern: /HANDSHAKE_FAILURE|NO_SHARED_CIPHER|TOO_SMALL|UNSUPPORTED_ALGORITHM|NO_SUITABLE/,
    reason: 'The site and this server know no way of https (TLS) in common.',
  },
  { pattern: /CERT_HAS_EXPIRED/, reason: 'The certificate of the site has expired.' },
  {
    pattern: /CERT_NOT_YET_VALID/,
    reason: 'The certificate of the site is not valid yet; this server may have a wrong clock.',
  },
  { pattern: /ALTNAME/, reason: 'The certificate of the site is for another name.' },
  {
    pattern: /UNABLE_TO_(VERIFY|GET)/,
    reason:
      'The site does not send the whole chain of its certificate, or nobody whom this server trusts signed it.',
  },
  { pattern: /CERT|SELF_SIGNED/, reason: 'The certificate of the site is not valid.' },
  { pattern: /TLS|SSL/, reason: 'The https (TLS) of the site is broken.' },
]

function systemReason(error: unknown): string | undefined {
  const { code } = error as { code?: unknown }
  const text = typeof code === 'string' ? code : ''
  if (text.startsWith('HPE_')) return 'The answer of the site breaks the rules of HTTP.'
  // Brotli's are called ERR__ERROR_FORMAT_CL_SPACE and the like.
  if (/^Z_|^ERR_(_?ZLIB|_ERROR_|BROTLI|ZSTD|.*DECOMPRESS)|^ERR_PADDING|^ZSTD_/.test(text)) {
    return 'The site sent the file compressed, and what it sent is damaged.'
  }
  return systemReasons[text] ?? httpsReasons.find(({ pattern }) => pattern.test(text))?.reason
}

/** What an HTTP status of the source means to whoever pasted the link. */
export function statusText(status: number): string {
  const words = statusPhrases[status]
  return `The site answered ${status}${words ? ` (${words})` : ''}.`
}

/** When a source wants to be asked again, which is too long to wait for. */
export function laterText(ms: number): string {
  const minutes = Math.ceil(ms / 60_000)
  const text = minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`
  return `It wants to be asked again in ${text}: retry it then.`
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
