import { existsSync } from 'node:fs'
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const project = join(import.meta.dirname, '..')
const left = new Set(['node_modules', 'dist', 'data', '.git', '.barkeep', 'test-results'])

type Line = { place: string; text: string }

/** Every line of every paper, help text, screen and script of the project. */
async function readLines(): Promise<Line[]> {
  const lines: Line[] = []
  const kinds = '{barkeep,**/*.{md,ts,tsx,js,css,html,json,jsonc,sh,yml},.ci/*,.github/**}'
  const exclude = (name: string) => left.has(name)
  for await (const file of glob(kinds, { cwd: project, exclude })) {
    if (file === 'package-lock.json' || file.includes('.test.')) continue
    const text = await readFile(join(project, file), 'utf8').catch(() => '')
    for (const [index, line] of text.split('\n').entries()) {
      lines.push({ place: `${file}:${index + 1}`, text: line })
    }
  }
  return lines
}

// What each of these runs is fetched by its bare name from the registry where it is not installed.
const fetching =
  /\b(npx|bunx|pnpx|npm (exec|x|init|create)|(pnpm|yarn) (dlx|create)|npm (i|install|add) -g)[\s'",[]+(?<rest>[^\s'"`].*)/

test('no command that is printed or documented can fetch and run a package by its name', async () => {
  const lines = await readLines()
  // The control: papers, screens and scripts were read.
  for (const place of [
    'README.md:1',
    'barkeep:1',
    'src/app/features/account/connect/key-sources.tsx:1',
  ]) {
    expect(lines.map((line) => line.place)).toContain(place)
  }
  for (const command of ['npx barkeep keys', "run('npx', ['playwright'", 'npm exec barkeep']) {
    expect(isFetching(command), command).toBe(true)
  }
  expect(lines.filter(({ text }) => isFetching(text))).toEqual([])
})

/** `npx --no` runs what is installed in this folder, and refuses to fetch anything anywhere. */
function isFetching(text: string): boolean {
  const rest = fetching.exec(text)?.groups?.rest
  if (rest === undefined) return false
  const installed = /^--no (--)?\s*([\w-]+)/.exec(rest)?.[2]
  return installed === undefined || !existsSync(join(project, 'node_modules/.bin', installed))
}

test('every npm script that is printed or documented exists', async () => {
  const { scripts } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'))
  const named = (await readLines()).flatMap(({ place, text }) =>
    [...text.matchAll(/\bnpm run (?:-\S+ )*([a-z][\w:-]*)/g)].map(([, name = '']) => ({
      place,
      name,
    })),
  )
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter(({ name }) => !Object.hasOwn(scripts, name))).toEqual([])
})

test('the package is nobody else’s: it is private, and the registry takes no new name with a tilde', async () => {
  const manifest = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'))
  expect(manifest.private).toBe(true)
  expect(manifest.name).toMatch(/^barkeep~/)
  expect(Object.keys(manifest.bin)).toEqual(['barkeep'])
})
