import { execFile, execFileSync } from 'node:child_process'
import { chmod, mkdtemp, mkdtempDisposable, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findMediaTools, type LookForTools } from '#server/imports/programs/media-tools.ts'
import { makeTestVideoMedia } from './video-files.ts'

/**
 * No site of the tests is one that yt-dlp knows by its name, but it tries the patterns of all 1,800
 * first: three quarters of what it does here.
 */
const withoutNamedSites = ['--ies', 'generic,html5']

let found: ReturnType<LookForTools> | undefined

/** The real programs, looked for once a process; those that a test puts in their place as they are. */
export const findTestTools: LookForTools = async (asked) => {
  if (asked.ytDlp !== null || asked.ffmpeg !== null) return await findMediaTools(asked)
  found ??= findMediaTools(asked)
  const tools = await found
  return 'problem' in tools ? tools : { ...tools, ytDlp: [...tools.ytDlp, ...withoutNamedSites] }
}

/**
 * A program in yt-dlp's place: it tells its version, then does what `script` says. `$FILM` is a video.
 */
export async function createFakeYtDlp(script: string) {
  const folder = await mkdtemp(join(tmpdir(), 'barkeep-fake-'))
  const path = join(folder, 'yt-dlp')
  const version = 'for a; do if [ "$a" = --version ]; then echo 2026.01.01; exit; fi; done'
  const film = `export FILM=${join(await makeTestVideoMedia(), 'film.mp4')}`
  await writeFile(path, `#!/bin/sh\nPATH=/usr/bin:/bin\n${film}\n${version}\n${script}\n`)
  await chmod(path, 0o700)
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

/** Pid and arguments of each live process that carries `mark` in its arguments. */
export function processesWith(mark: string): string[] {
  const lines = execFileSync('ps', ['-eo', 'stat=,pid=,args=']).toString().split('\n')
  // Dead but not yet collected by its new parent (Z) is dead.
  const live = lines.filter((line) => line.includes(mark) && !line.startsWith('Z'))
  return live.map((line) => line.replace(/^\S+\s+/, ''))
}

/** The control: the same program as anybody would start it, without any of our guards. */
export async function fetchPlainly(
  links: string[],
  env: Record<string, string> = {},
): Promise<void> {
  if (links.length === 0) return
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-plain-'))
  const args = [
    '--ignore-config',
    '--ignore-errors',
    '--no-cache-dir',
    '--write-thumbnail',
    '--retries',
    '0',
  ]
  const more = ['--write-subs', '--sub-langs', 'all', '--fragment-retries', '0']
  const output = ['-o', '%(autonumber)s.%(ext)s', '--', ...links]
  await promisify(execFile)('yt-dlp', [...withoutNamedSites, ...args, ...more, ...output], {
    cwd: folder.path,
    timeout: 30_000 + 30_000 * links.length,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder.path, ...env },
  }).catch(() => undefined)
}
