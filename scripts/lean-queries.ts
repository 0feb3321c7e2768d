import type { Plugin } from 'vite'

/**
 * Builds react-query without what its core brings although the app has none of it: infinite queries (a
 * folder is pages with gaps, `api/cache/listing.ts`) and mutations. A kilobyte and a half of the first load.
 */
export function leanQueries(): Plugin {
  return {
    name: 'lean-queries',
    apply: 'build',
    enforce: 'pre',
    load(id) {
      const [, name = ''] = /query-core\/build\/modern\/(\w+)\.js$/.exec(id) ?? []
      return { infiniteQueryBehavior, mutationCache }[name] ?? null
    },
  }
}

const refuse = `const refuse = () => {
  throw new Error('Left out of the build: see scripts/lean-queries.ts')
}
`

const infiniteQueryBehavior = `${refuse}
export { refuse as infiniteQueryBehavior, refuse as hasNextPage, refuse as hasPreviousPage }`

const mutationCache = `${refuse}
export class MutationCache {
  build = refuse
  clear() {}
  findAll() { return [] }
  getAll() { return [] }
  async resumePausedMutations() {}
}`
