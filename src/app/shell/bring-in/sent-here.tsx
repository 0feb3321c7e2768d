import { useEffect, useEffectEvent, useState } from 'react'
import { navigate, usePathname } from 'wouter/use-browser-location'
import type { Queries } from '#app/api/cache/queries.ts'
import { type Access, missingScope } from '#app/api/http/api-key-text.ts'
import { findLinks } from '#app/features/imports/links/find-links.ts'
import type { UploadRequest } from '#app/features/uploads/upload.ts'
import { count, formatBytes } from '#app/lib/format.ts'
import { importHref } from '#app/shell/state/folder-href.ts'
import { announce } from '#app/ui/announcer.tsx'
import { Button } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/overlay/dialog.tsx'
import type { FolderPath } from '#contract/folder-path.ts'
import { ImportFolderPicker } from './import-folder-picker.tsx'
import { placeFiles } from './place-files.ts'
import { holdSent, takeSent } from './read-sent.ts'

export type SentHereProps = {
  /** Null while nobody is connected: what was sent waits. */
  queries: Queries | null
  access: Access
  /** Where files go unless another folder is chosen. */
  folder: FolderPath
  onLinks: (links: string[]) => void
  onUploads: (uploads: UploadRequest[]) => void
  /** All of it was taken or refused. */
  onEnd: () => void
}

/** Takes what another page or app sent, and asks before anything starts. */
export function SentHere(props: SentHereProps) {
  const { queries, access, folder, onUploads, onEnd } = props
  const isHere = usePathname() === importHref
  const isConnected = queries !== null
  const [files, setFiles] = useState<File[]>([])
  useEffect(() => {
    if (!isHere) return
    holdSent(location)
    navigate('/', { replace: true })
  }, [isHere])

  const take = useEffectEvent(async () => {
    const sent = await takeSent().catch((error: Error) => announce(error.message))
    if (!sent) return onEnd()
    const refusal = showLinks(sent.text, sent.files.length === 0, props)
    const cannotUpload = sent.files.length > 0 && !access.canUpload
    if (refusal) announce(refusal)
    if (cannotUpload) announce(missingScope.upload.reason)
    if (sent.files.length === 0 || cannotUpload) onEnd()
    else setFiles(sent.files)
  })
  useEffect(() => {
    if (isConnected && !isHere) void take()
  }, [isConnected, isHere])

  if (files.length === 0 || !isConnected) return null
  return (
    <AskFolder
      files={files}
      folder={folder}
      queries={access.canBrowse ? queries : null}
      onClose={onEnd}
      onChoose={async (chosen) => {
        onEnd()
        onUploads(
          await placeFiles(
            files.map((file) => ({ file, folders: '' })),
            chosen,
          ),
        )
      }}
    />
  )
}

/** Why none of the links is shown; null where they are, and where none was to be expected. */
function showLinks(
  text: string,
  isAll: boolean,
  { access, onLinks }: Pick<SentHereProps, 'access' | 'onLinks'>,
): string | null {
  const links = findLinks(text)
  if (links.length === 0) {
    return isAll ? 'There is no link in what was sent. Links start with https:// or http://.' : null
  }
  if (!access.canImport) return missingScope.import.reason
  onLinks(links)
  return null
}

type AskFolderProps = {
  files: readonly File[]
  folder: FolderPath
  /** Null where the key cannot list folders: then they go to `folder`. */
  queries: Queries | null
  onChoose: (folder: FolderPath) => void
  onClose: () => void
}

function AskFolder({ files, folder, queries, onChoose, onClose }: AskFolderProps) {
  const size = files.reduce((sum, file) => sum + file.size, 0)
  const words = `${count(files.length, 'file')} from another app, ${formatBytes(size)}`
  if (queries) {
    return (
      <ImportFolderPicker
        {...{ queries, onChoose, onClose }}
        start={folder}
        description={`Where to upload ${words}`}
        action="Upload"
      />
    )
  }
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => isOpen || onClose()}
      title="Upload what was shared?"
      description={words}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" onClick={() => onChoose(folder)}>
            Upload
          </Button>
        </>
      }
    >
      <ul className="max-h-[40dvh] overflow-auto text-sm">
        {[...new Set(files.map(({ name }) => name))].map((name) => (
          <li key={name} dir="auto" className="truncate">
            {name}
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
