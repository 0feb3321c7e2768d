import { CookieJar } from 'tough-cookie'

export type SourceCookies = {
  /** What goes to this address, as a `Cookie` header; null for nothing. */
  headerFor(url: URL): string | null
  /** Takes up what an answer from this address sets. */
  take(url: URL, setCookie: readonly string[] | undefined): void
}

// As Chromium: so many bytes a cookie, and so many from one answer.
const cookieMaxLength = 4_096
const cookiesMax = 180
/** All that is sent at once: larger heads are refused by most servers. */
const headerMaxLength = 16_384

/**
 * The cookies of one import, from its first request to its last. Sites that count, or ask for consent,
 * redirect to themselves until they get back what they set. By the rules of browsers (RFC 6265: host
 * and domain, path, `Secure`, and no public suffixes); make one for each import and share it with none.
 */
export function createSourceCookies(): SourceCookies {
  const jar = new CookieJar(undefined, { looseMode: true })
  return {
    headerFor(url) {
      const pairs = jar.getCookiesSync(url.href).map((cookie) => cookie.cookieString())
      let header = ''
      for (const pair of pairs) {
        if (header.length + pair.length > headerMaxLength) break
        header += header === '' ? pair : `; ${pair}`
      }
      return header === '' ? null : header
    },
    take(url, setCookie = []) {
      for (const text of setCookie.slice(0, cookiesMax)) {
        if (text.length > cookieMaxLength || !isSendable(text)) continue
        jar.setCookieSync(text, url.href, { ignoreError: true })
      }
    },
  }
}

// Each byte a character; what no header may hold cannot be sent back.
function isSendable(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text)
}
