import { glob, readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'

/**
 * Who may import whom, by folders below `src/`; the longest name that fits a file is its room. A room
 * may always import itself. `docs/architecture.md` says why.
 */
const product = ['app/actions', 'app/api', 'app/ui', 'app/lib', 'contract']
const foundation = ['server/core', 'server/bytes', 'server/http', 'contract']
const stores = [...foundation, 'server/storage', 'server/idempotency']
const rooms: Record<string, string[]> = {
  contract: [],
  'app/lib': [],
  'app/ui': ['app/lib'],
  'app/actions': ['app/api/http', 'app/lib', 'app/ui', 'contract'],
  'app/api': ['app/lib', 'contract'],
  'app/api/gate': ['app/api/tabs', 'app/lib', 'contract'],
  'app/api/tabs': ['app/lib'],
  'app/features/account': product,
  'app/features/api-keys': [...product, 'app/features/account/web-session'],
  'app/features/files': product,
  'app/features/imports': product,
  'app/features/shares': product,
  'app/features/subscriptions': product,
  'app/features/uploads': product,
  'app/features/viewer': product,
  'app/shell': ['app', 'contract'],
  'app/testing': ['app', 'contract'],
  'server/core': ['contract'],
  'server/bytes': ['server/core', 'contract'],
  'server/http': foundation,
  'server/storage': ['server/core', 'server/bytes', 'contract'],
  'server/idempotency': stores,
  'server/files': stores,
  'server/previews': [...stores, 'server/files'],
  'server/account': [...stores, 'server/api-keys'],
  'server/api-keys': [...stores, 'server/account/web-session'],
  'server/uploads': [...stores, 'server/files'],
  'server/imports': [...stores, 'server/files'],
  'server/shares': [
    ...stores,
    'server/files',
    'server/uploads',
    'server/api-keys',
    'server/account/web-session',
  ],
  'server/subscriptions': [...stores, 'server/imports', 'server/files'],
  'server/docs': foundation,
  'server/operations': [...foundation, 'server/storage'],
  'server/gateway': foundation,
  'server/cli': [...stores, 'server/account', 'server/api-keys', 'server/imports/cookies'],
  server: ['server', 'contract'],
}

/** Packages that a room has nothing to do with, or, of `contract`, all but the one it needs. */
const packages: Record<string, (name: string) => boolean> = {
  contract: (name) => name === 'zod/mini',
  'app/api': (name) => name !== 'react',
}

type Import = { file: string; to: string }

/** Reads all imports below `src/`, those of types too; `to` is a path below `src/`, or a package. */
async function readImports(project: string): Promise<Import[]> {
  const imports: Import[] = []
  const root = join(project, 'src')
  for await (const file of glob('**/*.{ts,tsx,js}', { cwd: root })) {
    const text = await readFile(join(root, file), 'utf8')
    for (const [, name = ''] of text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([\w#@./~:-]+)'/g)) {
      const to = name.startsWith('#')
        ? name.slice(1)
        : name.startsWith('.')
          ? normalize(join(dirname(file), name))
          : name
      imports.push({ file, to })
    }
  }
  return imports
}

const isTest = (file: string) => /\.(test|contract)\.tsx?$/.test(file)
const isInside = (path: string, room: string) => path === room || path.startsWith(`${room}/`)
const isTesting = (file: string) => /^(app|server)\/(testing|api-tests)\//.test(file)

/** The room of a file; null for what no row of the table knows. */
function roomOf(file: string): string | null {
  const fitting = Object.keys(rooms).filter((room) => isInside(file, room))
  return fitting.sort((a, b) => b.length - a.length)[0] ?? null
}

function isAllowed({ file, to }: Import): boolean {
  const room = roomOf(file)
  if (room === null) return false
  if (!/^(app|contract|server)\//.test(to)) {
    return isTest(file) || (packages[room] ?? packages[roomAbove(room)] ?? (() => true))(to)
  }
  if (isTesting(to)) {
    return (isTest(file) || isTesting(file)) && file.split('/')[0] === to.split('/')[0]
  }
  // A test may start the whole of its side.
  const may =
    isTest(file) && room !== 'contract' ? [`${file.split('/')[0]}`, 'contract'] : rooms[room]
  return [room, ...(may ?? [])].some((other) => isInside(to, other))
}

function roomAbove(room: string): string {
  return room.split('/').slice(0, 2).join('/')
}

/** The folders that reach themselves over others, each circle once. Tests are no part of a folder. */
function findCircles(imports: Import[]): string[] {
  const reached = new Map<string, Set<string>>()
  for (const { file, to } of imports) {
    if (isTest(file) || isTesting(file) || !/^(app|contract|server)\//.test(to)) continue
    const [from, target] = [dirname(file), dirname(to)]
    if (from !== target) reached.set(from, (reached.get(from) ?? new Set()).add(target))
  }
  const circles = new Set<string>()
  for (const start of reached.keys()) {
    const path = findWay(reached, start, start)
    if (path) circles.add([...path].sort().join(' ↔ '))
  }
  return [...circles]
}

/** The shortest way from one folder to another; null where there is none. */
function findWay(reached: Map<string, Set<string>>, from: string, to: string): string[] | null {
  const ways: string[][] = [[from]]
  const seen = new Set<string>()
  for (const way of ways) {
    for (const next of reached.get(way.at(-1) ?? '') ?? []) {
      if (next === to) return way
      if (seen.has(next)) continue
      seen.add(next)
      ways.push([...way, next])
    }
  }
  return null
}

/** What is wrong with the imports of a project, in sentences. */
export async function checkImports(project: string): Promise<string[]> {
  const imports = await readImports(project)
  const refused = imports.filter((one) => !isAllowed(one))
  return [
    ...refused.map(({ file, to }) => `src/${file} must not import ${to}`),
    ...findCircles(imports).map((circle) => `These folders import each other: ${circle}`),
  ].sort()
}

if (import.meta.main) {
  const problems = await checkImports(process.cwd())
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  process.exitCode = problems.length > 0 ? 1 : 0
}
