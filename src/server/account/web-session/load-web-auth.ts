import type { WebAuth, WebAuthOptions } from './web-auth.ts'

/** `secure`: for cookies that go over https only. */
export type LoadWebAuth = (secure: boolean) => Promise<WebAuth>

/**
 * Loads the library behind web sessions when it is first needed: it takes as much memory and time
 * as the rest of the server, and most requests use keys. One instance knows one kind of cookie,
 * so there are two where browsers come by http and by https.
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
