import type { Plugin } from 'vite'

/**
 * Builds react-query without its infinite queries, which its core brings although the app has none: a
 * folder is pages with gaps (`api/cache/listing.ts`). Half a kilobyte of the first load.
 */
export function leanQueries(): Plugin {
  return {
    name: 'lean-queries',
    apply: 'build',
    enforce: 'pre',
    load(id) {
      return /query-core\/build\/modern\/infiniteQueryBehavior\.js$/.test(id) ? refusing : null
    },
  }
}

const refusing = `const refuse = () => {
  throw new Error('Infinite queries are left out of the build: see scripts/lean-queries.ts')
}
export { refuse as infiniteQueryBehavior, refuse as hasNextPage, refuse as hasPreviousPage }`
