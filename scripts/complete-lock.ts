import { readFile, writeFile } from 'node:fs/promises'
import { runProgram } from './run-program.ts'

/** As package-lock.json has them, in what is used here. */
export type LockedPackage = {
  version?: string
  integrity?: string
  dev?: boolean
  license?: string
  optional?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}

export type Lock = { packages: Record<string, LockedPackage> }

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']

/**
 * Adds the builds for other systems that optional dependencies name and the lock lacks. npm leaves
 * them out where its registry is a mirror without them, and then refuses its own lock in `npm ci`.
 * Returns the names it added.
 */
export function completeLock(lock: Lock): string[] {
  const added: string[] = []
  for (const [place, parent] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      // A range cannot be locked without asking which version is the newest.
      if (!/^\d/.test(version) || isLocked(lock, place, name)) continue
      lock.packages[`node_modules/${name}`] = buildFor(name, version, parent)
      added.push(name)
    }
  }
  return added
}

/**
 * Where the packages are that have no hash. Besides what completeLock adds, npm itself gives none to
 * packages that their parent's archive holds.
 */
export function findUnhashed(lock: Lock): string[] {
  return Object.keys(lock.packages).filter(
    (place) => place !== '' && lock.packages[place]?.integrity === undefined,
  )
}

/** Looked for as Node does: beside the package, then in each folder above. */
function isLocked(lock: Lock, place: string, name: string): boolean {
  const folders = place.split('/node_modules/')
  for (let depth = folders.length; depth >= 1; depth -= 1) {
    const above = folders.slice(0, depth).join('/node_modules/')
    if (`${above}/node_modules/${name}` in lock.packages) return true
  }
  return `node_modules/${name}` in lock.packages
}

/** Such packages say in their name what they are for: `@biomejs/cli-linux-arm64-musl`. */
function buildFor(name: string, version: string, { dev, license }: LockedPackage): LockedPackage {
  const words = name.split('/').at(-1)?.split('-') ?? []
  const os = words.filter((word) => systems.includes(word))
  const cpu = words.filter((word) => processors.includes(word))
  const libc = words.filter((word) => /^(musl|gnu)$/.test(word))
  return {
    version,
    ...(dev && { dev }),
    ...(license !== undefined && { license }),
    optional: true,
    ...(os.length > 0 && { os }),
    ...(cpu.length > 0 && { cpu }),
    ...(libc.length > 0 && { libc: libc.map((word) => (word === 'gnu' ? 'glibc' : word)) }),
  }
}

/** @throws Error when npm's registry does not have it. */
async function askIntegrity(place: string, version: string): Promise<string> {
  const name = place.split('node_modules/').at(-1)
  const answer = await runProgram('npm', ['view', `${name}@${version}`, 'dist.integrity'], {
    seconds: 60,
  })
  return answer.trim()
}

if (import.meta.main) {
  const lock: Lock = JSON.parse(await readFile('package-lock.json', 'utf8'))
  const added = completeLock(lock)
  for (const place of findUnhashed(lock)) {
    const locked = lock.packages[place]
    if (locked?.version) locked.integrity = await askIntegrity(place, locked.version)
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'))
  lock.packages = Object.fromEntries(sorted)
  await writeFile('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
  process.stdout.write(`${added.length} added. ${added.join(' ')}\n`)
}
