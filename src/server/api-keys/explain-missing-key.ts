import type { KeyBearer } from '#server/http/route.ts'

const right = 'the header "Authorization: Bearer csb_live_…"'

/** Where a key was looked for in vain: what other services take for one is told what to send here. */
export function explainMissingKey({ headersDistinct, url = '' }: KeyBearer): string {
  const [header, ...more] = headersDistinct.authorization ?? []
  if (more.length > 0)
    return 'The Authorization header must be one "Bearer" and an API key, not two.'
  if (header !== undefined) return ofHeader(header.trim())
  if (headersDistinct['x-api-key'] || headersDistinct['api-key']) {
    return `This API key came in another header: send it in ${right}.`
  }
  // The address is no place for a secret: logs and histories keep it.
  return /[?&](key|api_?key|access_token|token|auth)=/i.test(url)
    ? `An API key must not be in the address, which logs keep: send it in ${right}. Consider revoking this one.`
    : `This needs an API key in ${right}.`
}

function ofHeader(header: string): string {
  const [, scheme = ''] = /^([\w-]+)(?= |$)/.exec(header) ?? []
  if (/^csb_live_/.test(header)) return `The word "Bearer" is missing: send ${right}.`
  if (/^bearer\s+bearer\b/i.test(header)) return `"Bearer" stands there twice: send ${right}.`
  if (/^bearer$/i.test(header)) return `There is no key after "Bearer": send ${right}.`
  if (/^bearer\b/i.test(header)) {
    return `After "Bearer" comes a blank and the API key alone, without quotes or brackets: send ${right}.`
  }
  if (/^(token|apikey|api-key|basic|key|digest)$/i.test(scheme)) {
    return `"${scheme}" is not known here: send the key in ${right}.`
  }
  return `The Authorization header must be one "Bearer" and an API key: send ${right}.`
}
