import { apiKeyPrefix } from '#contract/api-keys.ts'

export type PastedKey = { ok: true; key: string } | { ok: false; rule: string }

/**
 * Reads a key from what was pasted, before a request is spent on it. Refuses only what no service
 * could ever accept: a header value is visible ASCII. Other prefixes pass, for a hosted service may
 * give out other forms; `rule` says in words what is wrong.
 */
export function readPastedKey(text: string): PastedKey {
  // People copy the key from a terminal, a header line or a JSON file: what surrounds it is no key.
  const key = text
    .trim()
    .replace(/^authorization:\s*/i, '')
    .replace(/^bearer\s+/i, '')
    .replace(/^(["'`])(.*)\1$/s, '$2')
    .trim()
  if (key === '') return { ok: false, rule: 'Paste your API key first.' }
  if (key.includes('…') || key.includes('...')) {
    return {
      ok: false,
      rule: 'This is the shortened form of a key. The whole key was shown once, when it was made.',
    }
  }
  if (/\s/.test(key)) {
    return { ok: false, rule: 'A key has no spaces or line breaks inside. Copy it again, whole.' }
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    return { ok: false, rule: 'A key has only plain letters, digits and signs. Copy it again.' }
  }
  if (key === apiKeyPrefix) {
    return { ok: false, rule: `This is only the start of a key. Copy all of it.` }
  }
  return { ok: true, key }
}

/** True while the text could still become a key of the usual form: no hint is needed. */
export function looksLikeKey(text: string): boolean {
  const start = text.trimStart().slice(0, apiKeyPrefix.length)
  return apiKeyPrefix.startsWith(start)
}
