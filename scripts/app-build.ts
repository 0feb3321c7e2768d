import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { readStamp, stampOf } from './content-stamp.ts'

/** What the built app depends on. */
const sources = [
  'index.html',
  'public/**',
  'src/{app,contract}/**',
  'scripts/{app-build,content-stamp,lean-*}.ts',
  '{vite.config.ts,tsconfig.json,package.json,package-lock.json}',
]

// Beside the app, not in it: all that lies there is served.
const stampFile = (project: string) => join(project, 'dist/app.stamp')

/** `outdated`: it was built from other sources than there are now, or its build did not end. */
export async function stateOfBuild(project: string): Promise<'current' | 'outdated' | 'missing'> {
  if (!existsSync(join(project, 'dist/app/index.html'))) return 'missing'
  const built = await readStamp(stampFile(project))
  if (built === (await stampOf(project, sources))) return 'current'
  return 'outdated'
}

/** Leaves a stamp of the sources beside every build that ended, whoever started it. */
export function stampBuild(): Plugin {
  let project = ''
  let stamp = ''
  let isWritten = false
  return {
    name: 'stamp-build',
    apply: 'build',
    configResolved({ root }) {
      project = root
    },
    async buildStart() {
      await rm(stampFile(project), { force: true })
      // Now: what is changed while it builds may not be in it.
      stamp = await stampOf(project, sources)
    },
    writeBundle() {
      isWritten = true
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        if (!isWritten) return
        await mkdir(join(project, 'dist'), { recursive: true })
        await writeFile(stampFile(project), stamp)
      },
    },
  }
}
