import { Suspense, useState } from 'react'
import { accessFromScopes } from '#app/api/http/api-key-text.ts'
import { DropArea } from '#app/features/shares/visit/drop-area.tsx'
import { VisitHead } from '#app/features/shares/visit/visit-screens.tsx'
import { byLine } from '#app/features/shares/visit/visit-text.ts'
import type { UploadRequest } from '#app/features/uploads/upload.ts'
import { UploadList } from '#app/features/uploads/view/upload-list.tsx'
import { useLeaveQuestion } from '#app/lib/browser/use-leave-question.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { notLoaded } from '#app/shell/bring-in/bring-in.tsx'
import { DropTarget } from '#app/shell/bring-in/drop-target.tsx'
import type { HeldTransfer } from '#app/shell/bring-in/hold-transfer.ts'
import type { TransferQueues } from '#app/shell/state/transfer-queues.ts'
import { announce } from '#app/ui/announcer.tsx'
import { chooseFiles } from '#app/ui/choose-files.ts'
import { rootFolder } from '#contract/folder-path.ts'
import type { GuestSession, Visit } from './visit.ts'

/** The page of a link that asks for files. */
export function AskPage({ visit, session }: { visit: Visit; session: GuestSession }) {
  const { me } = session
  const queues = useSnapshot(visit.transfers)
  const sent = useSnapshot(queues?.uploads ?? nothing)
  const [refused, setRefused] = useState<number | null>(null)
  useLeaveQuestion(visit.transfers.hasUnfinished)
  const title = me.share?.name ?? me.key.name
  const most = me.share?.max_bytes ?? 0
  const taken = (me.share?.used_bytes ?? 0) + (queues ? bytesOf(queues) : 0)

  async function add(requests: UploadRequest[]): Promise<void> {
    const { uploads } = await visit.transfers.load()
    const bytes = requests.reduce((sum, { file }) => sum + file.size, 0)
    const already = (me.share?.used_bytes ?? 0) + bytesOf({ uploads })
    // Before a byte is sent: a refusal in the middle would look like a broken line.
    const isTooMuch = already + bytes > most
    setRefused(isTooMuch ? bytes : null)
    if (!isTooMuch) await uploads.add(requests)
  }

  const choose = (what: 'files' | 'folder') =>
    chooseFiles(what)
      .then(async (chosen) => {
        const { chosenFiles, placeFiles } = await import('#app/shell/bring-in/place-files.ts')
        await add(await placeFiles(chosenFiles(chosen), rootFolder))
      })
      .catch(() => announce(notLoaded))

  async function take(held: HeldTransfer): Promise<void> {
    const { takeTransfer } = await import('#app/shell/bring-in/read-transfer.ts')
    await takeTransfer(held, {
      folder: rootFolder,
      access: accessFromScopes(['upload']),
      isSameAccount: () => visit.getSnapshot().state === 'in',
      onLinks: () => {},
      onUploads: (requests) => void add(requests).catch(() => announce(notLoaded)),
    })
  }

  return (
    <div className="flex h-full flex-col">
      <title>{`${visibleName(title)} – Barkeep`}</title>
      <VisitHead title={title} line={byLine('Asked for by', me.username, me.key.expires_at)} />
      <DropArea
        {...{ title, username: me.username, taken, most, refused }}
        onChoose={(what) => void choose(what)}
      >
        {queues && sent.totals.all > 0 && (
          <section
            aria-label="What you sent"
            className="h-80 min-h-0 rounded-lg border border-line"
          >
            <Suspense fallback={null}>
              <UploadList
                queue={queues.uploads}
                canUpload
                onOpenFolder={null}
                notice={queues.notice}
              />
            </Suspense>
          </section>
        )}
      </DropArea>
      <DropTarget
        folder={title}
        isConnected
        canUpload
        canImport={false}
        onTransfer={(held) => take(held).catch(() => announce(notLoaded))}
      />
    </div>
  )
}

/** Of what was brought here and not refused or cancelled. */
function bytesOf({ uploads }: Pick<TransferQueues, 'uploads'>): number {
  return uploads
    .all()
    .filter(({ state }) => state !== 'failed' && state !== 'cancelled' && state !== 'interrupted')
    .reduce((sum, { size }) => sum + (size ?? 0), 0)
}

/** Of a queue that is not loaded. */
const nothing = {
  subscribe: () => () => {},
  getSnapshot: () => empty,
}
const empty = { totals: { all: 0 } }
