import type { Target } from '#app/actions/action-context.ts'
import { Button } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/overlay/dialog.tsx'
import { describeTargets } from './manage-text.ts'

/** Asks before what cannot be taken back. `targets` are empty for all of it. */
export function DeleteQuestion({
  targets,
  onDelete,
  onClose,
}: {
  targets: readonly Target[]
  onDelete: () => void
  onClose: () => void
}) {
  const isAll = targets.length === 0
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => isOpen || onClose()}
      title={isAll ? 'Empty the trash?' : 'Delete for ever?'}
      description={
        isAll
          ? 'All that is in the trash is deleted for ever. This cannot be undone.'
          : `${describeTargets(targets)} cannot be restored afterwards.`
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="danger" onClick={onDelete}>
            {isAll ? 'Empty trash' : 'Delete for ever'}
          </Button>
        </>
      }
    >
      <p className="text-muted text-sm">Links to it stay dead.</p>
    </Dialog>
  )
}
