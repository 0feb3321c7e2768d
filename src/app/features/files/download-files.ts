import { downloadLink } from './open-link.ts'

/** Chromium drops downloads of a page that begin all at once. */
const pauseMs = 300

/** Saves files one after the other until `signal` says stop. */
export async function downloadFiles(
  files: readonly { link: string; name: string }[],
  signal: AbortSignal,
): Promise<void> {
  for (const { link, name } of files) {
    if (signal.aborted) return
    downloadLink(link, name)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}
