/** The link if it leads to http or https, else null: a listing may hold `javascript:` or nonsense. */
export function safeLink(link: unknown): string | null {
  if (typeof link !== 'string' || !URL.canParse(link)) return null
  const { protocol, href } = new URL(link)
  return protocol === 'https:' || protocol === 'http:' ? href : null
}
