import { execFile } from 'node:child_process'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { withoutNamedSites } from './test-media-tools.ts'

/** The control: the same program as anybody would start it, without any of our guards. */
export async function fetchPlainly(link: string, env: Record<string, string> = {}): Promise<void> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-plain-'))
  const args = ['--ignore-config', '--no-cache-dir', '--write-thumbnail', '--retries', '0']
  const more = ['--write-subs', '--sub-langs', 'all', '--fragment-retries', '0']
  const output = ['-o', 'video.%(ext)s', '--', link]
  await promisify(execFile)('yt-dlp', [...withoutNamedSites, ...args, ...more, ...output], {
    cwd: folder.path,
    timeout: 60_000,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder.path, ...env },
  }).catch(() => undefined)
}
