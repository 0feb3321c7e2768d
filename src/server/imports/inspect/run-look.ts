import { inspectEntriesMax } from '#contract/imports.ts'
import type { Clock } from '#server/core/clock.ts'
import type { AddressGuard } from '#server/imports/guard/address-guard.ts'
import { proxyPhrase, startFilteringProxy } from '#server/imports/guard/filtering-proxy.ts'
import type { MediaTools } from '#server/imports/programs/media-tools.ts'
import { runProgram } from '#server/imports/programs/run-program.ts'
import { createImportWorkFolder } from '#server/imports/programs/work-folder.ts'
import type { OpenedPage } from '#server/imports/source/read-page.ts'
import {
  ForbiddenAddress,
  ImportFailure,
  importErrorOf,
} from '#server/imports/tasks/import-failure.ts'
import { handOverPage } from '#server/imports/video/hand-over-page.ts'
import { environmentFor, programLimits, writeCookies } from '#server/imports/video/run-yt-dlp.ts'
import { ytDlpFailure } from '#server/imports/video/yt-dlp-failure-text.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import { createReadLook, lookTemplates, type ReadLook } from './read-look.ts'

export type RunLookOptions = {
  guard: AddressGuard
  blobStore: Pick<BlobStore, 'createWorkFolder' | 'ensureFreeSpace'>
  clock: Clock
  /** How long yt-dlp may look; what it has found of a list by then counts. */
  lookForMs: number
}

/** Pages and lists, no videos. */
const receivedMaxBytes = 64_000_000
const fileMaxBytes = 8_000_000

/**
 * Has yt-dlp tell what a page holds, through the guards of every import; nothing is downloaded.
 * `isCut`: it was ended before it had read all of a list.
 * @throws ImportFailure in the words of imports; the signal's reason when it aborts
 */
export async function runLook(
  deps: RunLookOptions,
  look: { url: URL; page: OpenedPage | null; tools: MediaTools; signal: AbortSignal },
): Promise<{ read: ReadLook; isCut: boolean }> {
  await deps.blobStore.ensureFreeSpace(0)
  await using work = await createImportWorkFolder(deps.blobStore, look.tools)
  const enough = new AbortController()
  const refuse = (message: string) => enough.abort(new ImportFailure('site_error', message))
  const timer = setTimeout(
    () => refuse('The site takes too long to say what is there. Import the link without a look.'),
    deps.lookForMs,
  )
  using _timer = { [Symbol.dispose]: () => clearTimeout(timer) }
  let received = 0
  await using proxy = await startFilteringProxy({
    guard: deps.guard,
    onBytes(bytes) {
      received += bytes
      if (received > receivedMaxBytes) refuse('That page is too large to look into.')
    },
  })
  const read = createReadLook(look.url)
  const cookiesFile = await writeCookies(work, look.page?.cookies ?? null)
  const page = await handOverPage(work, look.page)
  const errors: string[] = []
  try {
    const code = await runProgram({
      command: [
        ...programLimits({ maxBytes: fileMaxBytes }, look.tools),
        ...look.tools.ytDlp,
        ...(cookiesFile === null ? [] : ['--cookies', cookiesFile]),
        ...lookArguments(look.url),
      ] as unknown as [string, ...string[]],
      cwd: work.output,
      env: { ...environmentFor(work, proxy), ...page },
      mark: work.mark,
      signal: AbortSignal.any([look.signal, enough.signal]),
      clock: deps.clock,
      silentForMs: deps.lookForMs,
      onLine(line, source) {
        if (source === 'stdout') read.read(line)
        else if (line.startsWith('ERROR:') && errors.length < errorsMax) errors.push(line)
      },
    })
    const hasFound = read.video() !== null || read.list() !== null
    if (hasFound || (code === 0 && errors.length === 0)) return { read, isCut: false }
  } catch (error) {
    look.signal.throwIfAborted()
    if (read.list() !== null) return { read, isCut: true }
    throw error
  }
  const unreached = proxy.failure()
  if (unreached instanceof ForbiddenAddress) throw unreached
  const isUnreached = unreached !== null && errors.at(-1)?.includes(proxyPhrase) === true
  throw isUnreached ? ImportFailure.of(importErrorOf(unreached)) : ytDlpFailure(errors)
}

const errorsMax = 100

/** As for an import (`yt-dlp-arguments.ts`), but that it reads lists, only their entries, one by one. */
function lookArguments(url: URL): string[] {
  const plain = new URL(url)
  plain.hash = ''
  return [
    ...['--ignore-config', '--no-cache-dir', '--no-exec', '--default-search', 'error'],
    ...['--no-mark-watched', '--no-colors', '--simulate', '--ignore-errors'],
    ...['--yes-playlist', '--flat-playlist', '--lazy-playlist'],
    ...['--playlist-items', `1:${inspectEntriesMax}`],
    ...['--socket-timeout', '15', '--retries', '1', '--extractor-retries', '1'],
    ...Object.values(lookTemplates).flatMap((template) => ['--print', `video:${template}`]),
    // Without this a link that starts with `-` would be an option.
    ...['--', plain.href],
  ]
}
