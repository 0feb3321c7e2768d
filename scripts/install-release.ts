import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Program } from './program.ts'
import { runProgram } from './run-program.ts'

/** A host that neither answers nor refuses must not hold up the start. */
const silenceSeconds = 15

/**
 * Downloads a program's official release into `binFolder`. Nothing is there under the program's name
 * before its checksum was right and it printed its version.
 * @throws Error when it cannot be had, has another checksum, or does not run here.
 */
export async function installRelease(program: Program, binFolder: string): Promise<void> {
  const { release } = program
  if (release === null) throw new Error('Its makers publish no release for this system.')
  const file = basename(new URL(release.url).pathname)
  // First: where it cannot be written, nothing need be downloaded.
  await mkdir(binFolder, { recursive: true })
  await using work = await createWorkFolder(binFolder)
  const checksums = await download(release.checksumsUrl)
  const expected = findChecksum(checksums.toString('utf8'), file)
  const bytes = await download(release.url)
  const actual = createHash('sha256').update(bytes).digest('hex')
  if (actual !== expected) {
    throw new Error(`${file} has the checksum ${actual}, but ${expected} was published.`)
  }
  await writeFile(join(work.path, file), bytes)
  const unpacked = release.archiveMembers
    ? await unpack(join(work.path, file), release.archiveMembers)
    : { [program.name]: join(work.path, file) }
  for (const path of Object.values(unpacked)) await chmod(path, 0o755)
  await runProgram(unpacked[program.name] ?? file, program.versionArguments, { seconds: 60 })
  for (const [name, path] of Object.entries(unpacked)) await rename(path, join(binFolder, name))
}

/** Finds the sum of `file` in text in sha256sum's format: `<64 hex digits>  <file>`. */
export function findChecksum(checksums: string, file: string): string {
  for (const line of checksums.split('\n')) {
    const [sum, name] = line.trim().split(/\s+\*?/)
    if (name === file && sum !== undefined && /^[0-9a-f]{64}$/i.test(sum)) return sum.toLowerCase()
  }
  throw new Error(`No checksum was published for ${file}.`)
}

/** Program name → where its file now lies. */
async function unpack(archive: string, members: string[]): Promise<Record<string, string>> {
  const folder = `${archive}-unpacked`
  await mkdir(folder)
  await runProgram('tar', ['-xf', archive, '-C', folder, '--strip-components=1'], { seconds: 120 })
  return Object.fromEntries(members.map((member) => [member, join(folder, 'bin', member)]))
}

async function download(url: string): Promise<Buffer> {
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(), silenceSeconds * 1000)
  try {
    const answer = await fetch(url, { signal: silence.signal })
    if (!answer.ok || answer.body === null) throw new Error(`${url} answered ${answer.status}.`)
    const chunks: Uint8Array[] = []
    for await (const chunk of answer.body) {
      timer.refresh()
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } finally {
    clearTimeout(timer)
  }
}

async function createWorkFolder(parent: string) {
  // In the folder that the program goes to, so that the last step is a rename.
  const path = await mkdtemp(join(parent, '.download-'))
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}
