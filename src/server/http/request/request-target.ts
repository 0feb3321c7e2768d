import type { IncomingMessage } from 'node:http'

/** Whether a request target is a path of ours: no "*", no other origin. */
export function isPath(target: string): boolean {
  return target.startsWith('/') && !target.startsWith('//')
}

/** The path of a target, its escapes read: "/%61pi" is "/api". One with a broken escape stays as it is. */
export function readPath(target: string): string {
  const path = pathOf(target)
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** Whether a path can only be meant for a program: what is not there is told in JSON. */
export function isProgramPath(target: string): boolean {
  return /^\/(api|share)(\/|$)/.test(readPath(target))
}

/** A target that is no path may have been meant for the API: nobody can say. */
export function isForV1(target: string): boolean {
  return /^\/api\/v1(\/|$)/.test(readPath(target)) || !isPath(target)
}

function isDecodable(target: string): boolean {
  return brokenEscape(pathOf(target)) === null
}

/** The first escapes in `text` that are no UTF-8, such as `%E9t` or `%`; null when all can be read. */
export function brokenEscape(text: string): string | null {
  const pieces = text.match(/(?:%[\da-f]{2})+|%.{0,2}/gi) ?? []
  return pieces.find((piece) => !canDecode(piece)) ?? null
}

function canDecode(piece: string): boolean {
  try {
    decodeURIComponent(piece)
    return true
  } catch {
    return false
  }
}

/** What is wrong with `piece`, and what to write in its place. */
export function escapeRule(piece: string): string {
  const shown = piece.length > 30 ? `${piece.slice(0, 30)}…` : piece
  return /^%[\da-f]{2}/i.test(piece)
    ? `"${shown}" in the address is not UTF-8: text is percent-encoded as UTF-8, "é" as "%C3%A9".`
    : `"${shown}" in the address is no escape: a percent sign itself is written "%25".`
}

/**
 * "A server MUST accept the absolute-form in requests" (RFC 9112, 3.2.2): makes the path of it, where
 * it names the host that `Host` names. Two names are left as they are, for `checkHead` to refuse.
 */
export function toOriginForm(request: IncomingMessage): void {
  const [, authority, rest = ''] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(request.url ?? '') ?? []
  if (authority === undefined) return
  const named = request.headers.host ?? (request.httpVersion === '1.0' ? authority : '')
  if (!isHost(authority) || !isHost(named)) return
  if (new URL(`http://${authority}`).host !== new URL(`http://${named}`).host) return
  request.headers.host = named
  request.url = rest.startsWith('/') ? rest : `/${rest}`
}

/**
 * The router answers a path with a broken escape by itself, past every hook. With its escapes
 * escaped it takes the way of all others, where `checkHead` refuses it by its original.
 */
export function routableUrl({ url = '/' }: { url?: string | undefined }): string {
  if (isDecodable(url)) return url
  const path = pathOf(url)
  return path.replaceAll('%', '%25') + url.slice(path.length)
}

export function pathOf(target: string): string {
  return target.split(/[?#]/, 1)[0] ?? ''
}

/** Our own address is made from it where none is set, so it must be one. */
export function isHost(host: string): boolean {
  return /^([\w.-]+|\[[\da-f:.]+\])(:\d+)?$/i.test(host) && URL.canParse(`http://${host}`)
}
