import type { WebAuth, WebAuthOptions } from './web-auth.ts'

/** `secure`: for cookies that go over https only. */
export type LoadWebAuth = (secure: boolean) => Promise<WebAuth>

/**
 * The library behind web sessions takes as much memory and time to load as the rest of the server,
 * which most of the time is asked with keys alone: it is loaded when it is first needed. It knows one
 * kind of cookie, so it is there twice where browsers come by http as well as by https.
 */
export function createWebAuthLoader(deps: Omit<WebAuthOptions, 'secure'>): LoadWebAuth {
  const loading = new Map<boolean, Promise<WebAuth>>()
  return (secure) => {
    const known = loading.get(secure)
    if (known) return known
    const webAuth = import('./web-auth.ts').then(({ createWebAuth }) =>
      createWebAuth({ ...deps, secure }),
    )
    loading.set(secure, webAuth)
    return webAuth
  }
}
