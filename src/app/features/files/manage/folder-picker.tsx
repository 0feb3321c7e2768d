import { useQuery, useQueryClient } from '@tanstack/react-query'
import { FolderPlus, Search } from 'lucide-react'
import { useId, useMemo, useState } from 'react'
import type { Queries } from '#app/api/cache/queries.ts'
import { useErrorText } from '#app/features/files/folder/use-error-text.ts'
import { createFilesViewState } from '#app/features/files/folder/view-state.ts'
import { TreeLines } from '#app/features/files/tree/folder-tree.tsx'
import { useMediaQuery } from '#app/lib/browser/use-media-query.ts'
import { Button } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/overlay/dialog.tsx'
import { TextField } from '#app/ui/text-field.tsx'
import { type FolderPath, rootFolder } from '#contract/folder-path.ts'
import { filterTree } from './filter-tree.ts'
import { describeFolder } from './manage-text.ts'
import { readNewFolder } from './new-folder-dialog.tsx'

export type FolderPickerProps = {
  queries: Queries
  /** Chosen at first. */
  start: FolderPath
  description: string
  /** What the main button says. */
  action: string
  /** Why a folder cannot be chosen; '' where it can. */
  refuse: (folder: FolderPath) => string
  /** Null where folders cannot be made. */
  onCreate: ((folder: FolderPath) => void) | null
  onChoose: (folder: FolderPath) => void
  onClose: () => void
}

/** The dialog `Choose a folder`, with the tree `Folders`, a filter and `New folder`. */
export function FolderPicker(props: FolderPickerProps) {
  const { refuse, onCreate } = props
  const tree = useQuery(props.queries.tree())
  const text = useErrorText(tree.error)
  const [chosen, setChosen] = useState(props.start)
  const [filter, setFilter] = useState('')
  const isTouch = useMediaQuery('(pointer: coarse)')
  const [isNaming, setIsNaming] = useState(false)
  const reason = refuse(chosen)
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => isOpen || props.onClose()}
      title="Choose a folder"
      description={props.description}
      footer={
        <>
          {onCreate && !isNaming && (
            <Button
              tone="quiet"
              icon={<FolderPlus />}
              className="mr-auto"
              onClick={() => setIsNaming(true)}
            >
              New folder
            </Button>
          )}
          <Button onClick={props.onClose}>Cancel</Button>
          <Button
            tone="primary"
            unavailableReason={reason || undefined}
            onClick={() => props.onChoose(chosen)}
          >
            {props.action}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-2">
        <div className="relative">
          <Search
            aria-hidden="true"
            className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-faint"
          />
          <input
            type="search"
            // With fingers the keyboard of the screen would cover the tree.
            autoFocus={!isTouch}
            aria-label="Filter folders"
            placeholder="Filter"
            value={filter}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setFilter(event.target.value)}
            className="h-9 w-full rounded-md border border-edge/60 bg-canvas pr-3 pl-8 pointer-coarse:h-11 pointer-coarse:text-lg"
          />
        </div>
        <div className="h-72 max-h-[40dvh] rounded-md border border-line">
          {tree.data ? (
            <Folders root={tree.data} {...{ filter, chosen }} onChoose={setChosen} />
          ) : (
            <p role={text ? 'alert' : undefined} className="p-3 text-muted text-sm">
              {text?.title ?? 'Loading…'}
            </p>
          )}
        </div>
        {isNaming && onCreate ? (
          <NewFolderField
            {...props}
            folder={chosen}
            onCreate={(path) => {
              onCreate(path)
              setFilter('')
              setChosen(path)
              setIsNaming(false)
            }}
            onCancel={() => setIsNaming(false)}
          />
        ) : (
          <p className="break-words text-muted text-sm">
            {reason || `Chosen: ${describeFolder(chosen)}`}
          </p>
        )}
      </div>
    </Dialog>
  )
}

function Folders({
  root,
  filter,
  chosen,
  onChoose,
}: {
  root: Parameters<typeof TreeLines>[0]['root']
  filter: string
  chosen: FolderPath
  onChoose: (folder: FolderPath) => void
}) {
  const found = useMemo(() => filterTree(root, filter), [root, filter])
  const [viewState] = useState(createFilesViewState)
  const shown = useMemo(
    () => (found.expanded ? { ...createFilesViewState(), expanded: found.expanded } : viewState),
    [found, viewState],
  )
  if (found.count === 0) {
    return <p className="p-3 text-muted text-sm">No folder has “{filter.trim()}” in its name.</p>
  }
  return (
    <TreeLines
      key={filter.trim()}
      root={found.tree}
      folder={chosen}
      viewState={shown}
      onOpenFolder={onChoose}
    />
  )
}

function NewFolderField({
  queries,
  folder,
  onCreate,
  onCancel,
}: Pick<FolderPickerProps, 'queries'> & {
  folder: FolderPath
  onCreate: (path: FolderPath) => void
  onCancel: () => void
}) {
  const formId = useId()
  const queryClient = useQueryClient()
  const [name, setName] = useState('')
  const [error, setError] = useState('')
  return (
    <form
      id={formId}
      className="flex flex-col gap-2"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        // The field closes, and not the dialog around it.
        event.preventDefault()
        event.stopPropagation()
        onCancel()
      }}
      onSubmit={(event) => {
        event.preventDefault()
        const read = readNewFolder({ queryClient, queries }, folder, name)
        if (typeof read === 'string') setError(read)
        else onCreate(read.path)
      }}
    >
      <TextField
        label="Folder name"
        description={`In ${folder === rootFolder ? 'All files' : describeFolder(folder)}`}
        value={name}
        autoFocus
        autoComplete="off"
        spellCheck={false}
        error={error}
        onChange={(text) => {
          setName(text)
          setError('')
        }}
      />
      <div className="flex justify-end gap-2">
        <Button size="small" onClick={onCancel}>
          Back
        </Button>
        <Button size="small" tone="primary" type="submit">
          Create
        </Button>
      </div>
    </form>
  )
}
