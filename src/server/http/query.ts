import { ApiFailure } from './api-failure.ts'
import { brokenEscape, escapeRule } from './request-target.ts'

/**
 * The query of `url` as text fields, strictly: an escape that is no UTF-8 is refused, where
 * lenient parsers would hand on the raw text. A name that comes twice becomes a list, which no
 * schema takes, so that two readers never disagree on which of the two counts.
 */
export function parseQuery(url: string): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = Object.create(null)
  const start = url.indexOf('?')
  if (start < 0) return fields
  for (const part of url.slice(start + 1).split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decode(equals < 0 ? part : part.slice(0, equals))
    const value = equals < 0 ? '' : decode(part.slice(equals + 1))
    const known = fields[name]
    // Two tell as much as ten thousand.
    fields[name] = known === undefined ? value : [known, value].flat().slice(0, 2)
  }
  return fields
}

function decode(text: string): string {
  const broken = brokenEscape(text)
  if (broken !== null) throw new ApiFailure('invalid_request', escapeRule(broken))
  return decodeURIComponent(text.replaceAll('+', ' '))
}
