import type { Endpoint } from '#contract/endpoints.ts'

/** Where a call goes: this page's origin, for a browser lets no key go elsewhere. */
export function requestUrl(endpoint: Pick<Endpoint, 'path'>, query: unknown): URL {
  const url = new URL(endpoint.path, globalThis.location.origin)
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url
}
