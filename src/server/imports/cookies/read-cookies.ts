import { isIP } from 'node:net'
import { getPublicSuffix } from 'tough-cookie'
import { ApiFailure } from '#server/core/failure.ts'

/** One line of a cookies.txt, in the order of its fields. */
export type SiteCookie = {
  domain: string
  path: string
  isSecure: boolean
  /** Epoch seconds; 0 for a cookie of the session. */
  expires: number
  name: string
  value: string
}

const cookiesMax = 300
const cookieMaxLength = 8_192

/**
 * The site that a host belongs to, as cookies have it: `www.videos.example` is `videos.example`.
 * @throws ApiFailure `invalid_request` for what is no host, or a suffix that many sites share
 */
export function readSite(text: string): string {
  const typed = text.trim().replace(/^\./, '')
  const url = URL.parse(typed.includes('://') ? typed : `http://${typed}`)
  const host = url?.hostname.replace(/\.$/, '') ?? ''
  if (host === '' || !/^https?:$/.test(url?.protocol ?? '')) {
    throw new ApiFailure('invalid_request', 'site is no name of a site, such as videos.example.')
  }
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0 || !host.includes('.')) return host
  const site = getPublicSuffix(host, { allowSpecialUseDomain: true, ignoreError: true })
  if (site) return site
  throw new ApiFailure('invalid_request', `${host} is no site: many sites share that name.`)
}

/** Whether a host is the site or below it. */
export function isOfSite(host: string, site: string): boolean {
  return host === site || host.endsWith(`.${site}`)
}

/**
 * The cookies of one site in the text of a cookies.txt; those of others are passed over, and so are those
 * that have expired.
 * @param now epoch ms
 * @throws ApiFailure `invalid_request` that names the line, and never what is in it
 */
export function readCookies(text: string, site: string, now: number): SiteCookie[] {
  if (/^\s*[[{]/.test(text)) {
    throw new ApiFailure(
      'invalid_request',
      'That is JSON. Export the cookies as cookies.txt (Netscape format) and paste that.',
    )
  }
  const all = text.split(/\r?\n/).flatMap((line, index) => readLine(line, index + 1) ?? [])
  if (all.length === 0) {
    throw new ApiFailure(
      'invalid_request',
      'There is no cookie in it: each line of a cookies.txt has seven fields with tabs between.',
    )
  }
  const own = all.filter(({ domain }) => isOfSite(domain.replace(/^\./, ''), site))
  if (own.length === 0) {
    throw new ApiFailure('invalid_request', `None of these cookies is one of ${site}.`)
  }
  const live = own.filter(({ expires }) => expires === 0 || expires * 1000 > now)
  if (live.length === 0) {
    throw new ApiFailure('invalid_request', `All of these cookies of ${site} have expired.`)
  }
  if (live.length > cookiesMax) {
    throw new ApiFailure('invalid_request', `These are more than ${cookiesMax} cookies of ${site}.`)
  }
  return live
}

/** Null for a comment and an empty line. */
function readLine(line: string, number: number): SiteCookie | null {
  const bare = line.replace(/^#HttpOnly_/, '')
  if (bare.trim() === '' || bare.startsWith('#')) return null
  const refuse = (why: string): never => {
    throw new ApiFailure('invalid_request', `Line ${number} of the cookies ${why}.`)
  }
  if (bare.length > cookieMaxLength) refuse('is too long')
  const fields = bare.split('\t')
  const [domain = '', , path = '', secure = '', expires = '', name = '', value = ''] = fields
  if (fields.length !== 7) refuse('has not seven fields with tabs between')
  // What ends a line for one reader may be text to another.
  if (/[\p{Cc}\u2028\u2029]/u.test(fields.join(''))) refuse('has control characters')
  if (!/^\.?[\w:[\].-]+$/.test(domain)) refuse('begins with no domain')
  if (!path.startsWith('/')) refuse('has no path')
  if (!/^\d{0,15}(\.\d+)?$/.test(expires)) refuse('has no time at which it expires')
  return {
    ...{ domain: domain.toLowerCase(), path, name, value },
    ...{ isSecure: secure.toUpperCase() === 'TRUE', expires: Math.floor(Number(expires)) },
  }
}

/** As yt-dlp reads it. */
export function writeCookiesText(cookies: readonly SiteCookie[]): string {
  const flag = (isOn: boolean) => (isOn ? 'TRUE' : 'FALSE')
  const lines = cookies.map(({ domain, path, isSecure, expires, name, value }) =>
    [domain, flag(domain.startsWith('.')), path, flag(isSecure), expires, name, value].join('\t'),
  )
  return `# Netscape HTTP Cookie File\n\n${lines.join('\n')}\n`
}
