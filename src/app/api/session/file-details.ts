import type { ReadDetails } from '#app/lib/transfers/receipt.ts'
import { detailsReply } from '#contract/previews.ts'
import { serverDescription } from './server-description.ts'

const patienceMs = 20_000

/** What asks a file's link for its size and SHA-256, at no request of the window; null where none can be asked. */
export async function findDetailsReader(): Promise<ReadDetails | null> {
  const server = await serverDescription.read()
  return server?.additions.includes('details') ? readDetails : null
}

const readDetails: ReadDetails = async (link) => {
  try {
    const signal = AbortSignal.timeout(patienceMs)
    const response = await fetch(`${link}?details`, { credentials: 'omit', signal })
    const { sha256, size } = detailsReply.parse(await response.json())
    return { sha256, size }
  } catch {
    return null
  }
}
