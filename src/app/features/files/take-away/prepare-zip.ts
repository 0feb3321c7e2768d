import type { Target } from '#app/actions/action-context.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { readableLink } from '#app/api/http/readable-link.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import { saveAddress } from '#app/lib/browser/save-blob.ts'
import { safeLink } from '#app/lib/untrusted-text.ts'
import { endpoints } from '#contract/endpoints.ts'
import { maxManagedItems } from '#contract/manage.ts'
import type { Asked } from './take-away.tsx'

import { NoZip, type Preparing, type ZipDownload } from './zip-download.ts'

/** By the server where it offers that, else here. @throws NoZip, and what a request throws */
export async function prepareZip(
  client: ApiClient,
  asked: Asked,
  preparing: Preparing,
): Promise<ZipDownload> {
  if (serverDescription.getSnapshot()?.additions.includes('archive')) {
    return await askServer(client, asked, preparing.signal)
  }
  const { prepareHere } = await import('./zip-here.ts')
  return await prepareHere(client, asked, preparing)
}

async function askServer(
  client: ApiClient,
  { targets, folder, isWhole }: Asked,
  signal: AbortSignal,
): Promise<ZipDownload> {
  const items = targets.filter(({ kind }) => !isWhole || kind === 'folder').map(pathIn(folder))
  if (items.length > maxManagedItems) {
    throw new NoZip('Choose 1,000 at most, or the folder that they are in.')
  }
  const reply = await client.call(endpoints.archive, {
    body: {
      ...(items.length > 0 && { items }),
      ...(isWhole && { files_of: { path: folder } }),
    },
    lane: 'person',
    purpose: 'browsing',
    signal,
  })
  const link = safeLink(reply.link)
  if (link === null) throw new NoZip('The server gave no usable link for the zip.')
  return {
    ...reply,
    obstacle: null,
    async save() {
      saveAddress(readableLink(link), reply.name)
      return { isHandedOver: true }
    },
  }
}

const pathIn = (folder: string) => (target: Target) =>
  target.kind === 'folder' ? target.path : folder + target.name
