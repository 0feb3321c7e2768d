import { readFile } from 'node:fs/promises'
import { dirname, matchesGlob, resolve } from 'node:path'
import type { Plugin } from 'vite'

const styles = resolve(import.meta.dirname, '../src/app/ui/style/first.css')

/**
 * Keeps `first.css` true: it leaves out what is loaded on demand, so nothing of that which has classes
 * may come with the first screen, which would be drawn without them.
 */
export function leanStyles(): Plugin {
  return {
    name: 'lean-styles',
    apply: 'build',
    async generateBundle(_options, bundle) {
      const text = await readFile(styles, 'utf8')
      const leftOut = Array.from(text.matchAll(/@source not "(.+)"/g), ([, path = '']) =>
        resolve(dirname(styles), path),
      )
      for (const [id, code] of firstModules(bundle)) {
        const isLeftOut = leftOut.some((path) => id.startsWith(`${path}/`) || matchesGlob(id, path))
        if (!isLeftOut || !code.includes('className')) continue
        this.error(`${id} is drawn at first: first.css must not leave its classes out.`)
      }
    },
  }
}

type Bundle = Parameters<Extract<Plugin['generateBundle'], (...some: never) => unknown>>[1]

/** The modules that the page loads by itself, with their code. */
function firstModules(bundle: Bundle): [id: string, code: string][] {
  const chunks = Object.values(bundle).filter((part) => part.type === 'chunk')
  const first = new Set(chunks.filter(({ isEntry }) => isEntry))
  // A set gives what is added while it is walked through.
  for (const { imports } of first) {
    for (const chunk of chunks) if (imports.includes(chunk.fileName)) first.add(chunk)
  }
  return [...first].flatMap(({ modules }) =>
    Object.entries(modules).map(([id, { code }]): [string, string] => [id, code ?? '']),
  )
}
