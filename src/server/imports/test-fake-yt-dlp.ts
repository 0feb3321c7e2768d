import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A program in yt-dlp's place: it tells its version, then does what `script` says. */
export async function createFakeYtDlp(script: string) {
  const folder = await mkdtemp(join(tmpdir(), 'barkeep-fake-'))
  const path = join(folder, 'yt-dlp')
  const version = 'for a; do if [ "$a" = --version ]; then echo 2026.01.01; exit; fi; done'
  await writeFile(path, `#!/bin/sh\nPATH=/usr/bin:/bin\n${version}\n${script}\n`)
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
