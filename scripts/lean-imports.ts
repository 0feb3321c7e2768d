import type { Plugin } from 'vite'

/**
 * Makes an import on demand a plain one. Vite wraps each to preload what it needs in turn, which
 * `vite.config.ts` has switched off; the wrapper alone would be almost a kilobyte of the first load.
 */
export function leanImports(): Plugin {
  return {
    name: 'lean-imports',
    apply: 'build',
    transform: {
      filter: { id: /vite\/preload-helper\.js$/ },
      handler: () => ({ code: 'export const __vitePreload = (load) => load()', map: null }),
    },
  }
}
