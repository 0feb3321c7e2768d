import type { WebAuth, WebAuthParts } from './web-auth.ts'

export type LoadWebAuth = () => Promise<WebAuth>

/**
 * The library behind web sessions takes as much memory and time to load as the rest of the server,
 * which most of the time is asked with keys alone: it is loaded when it is first needed.
 */
export function createWebAuthLoader(parts: WebAuthParts): LoadWebAuth {
  let loading: Promise<WebAuth> | null = null
  return () => {
    loading ??= import('./web-auth.ts').then(({ createWebAuth }) => createWebAuth(parts))
    return loading
  }
}
