import type { Plugin } from 'vite'

/**
 * Builds the contract's schemas without what is written about their fields: only the API's documents
 * show it, and it is a kilobyte of the first load.
 */
export function leanContract(): Plugin {
  return {
    name: 'lean-contract',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      return /\/src\/contract\/[\w-]+\.ts$/.test(id) ? { code: withoutMeta(code), map: null } : null
    },
  }
}

/** The code with every `z.meta({…})` empty; as many lines as before. */
export function withoutMeta(code: string): string {
  return code.replaceAll(/z\.meta\(\{[\s\S]*?\}\)/g, (found) => {
    return `z.meta({${found.replaceAll(/[^\n]/g, '')}})`
  })
}
