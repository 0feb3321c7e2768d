import { AccessEnded } from '#server/http/access-watch.ts'
import { ApiFailure } from '#server/http/api-failure.ts'
import { ImportFailure } from './import-failure.ts'

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
