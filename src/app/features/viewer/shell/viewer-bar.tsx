import { Check, ChevronLeft, ChevronRight, Info, X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useCopiedLink } from '#app/actions/open-link.ts'
import { actionItem } from '#app/actions/registry.ts'
import type { ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { formatBytes, formatDay } from '#app/lib/format.ts'
import { IconButton } from '#app/ui/button.tsx'
import { NameText } from '#app/ui/name-text.tsx'
import { timeTooltipProps } from '#app/ui/tooltip.ts'
import { contextOf } from './plain-page.tsx'

export type ViewerBarProps = {
  name: string
  file: ViewedFile | null
  /** `12 of 430`; '' while it is not known. */
  position: string
  /** Missing at an end of the folder. */
  onPrevious: (() => void) | undefined
  onNext: (() => void) | undefined
  details: { isOpen: boolean; toggle: () => void }
}

/** The bar over the file: what it is, and what can be done with it. */
export function ViewerBar({ name, file, position, onPrevious, onNext, details }: ViewerBarProps) {
  const end = 'There is no other file this way.'
  return (
    <header className="flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-line border-b bg-canvas px-3 py-2 short:py-1">
      <div className="min-w-0 grow basis-[calc(100%-3.5rem)] sm:basis-40">
        <Dialog.Title className="font-semibold" asChild>
          <h2>
            <NameText name={name} />
          </h2>
        </Dialog.Title>
        <p className="truncate text-muted text-xs">
          {file && (
            <>
              {formatBytes(file.size)} ·{' '}
              <time {...timeTooltipProps(file.uploadedAt)}>{formatDay(file.uploadedAt)}</time>
            </>
          )}
        </p>
      </div>
      <div className="order-1 flex items-center gap-1 max-sm:grow">
        <IconButton
          label="Previous"
          tooltip="Previous (←)"
          icon={<ChevronLeft />}
          unavailableReason={onPrevious ? undefined : end}
          onClick={onPrevious}
        />
        <span className="min-w-16 text-center text-muted text-sm max-sm:grow">{position}</span>
        <IconButton
          label="Next"
          tooltip="Next (→)"
          icon={<ChevronRight />}
          unavailableReason={onNext ? undefined : end}
          onClick={onNext}
        />
      </div>
      {file && <FileButtons file={file} details={details} />}
      <Dialog.Close asChild>
        <IconButton label="Close" tooltip="Close (Esc)" icon={<X />} className="sm:order-2" />
      </Dialog.Close>
    </header>
  )
}

function FileButtons({ file, details }: { file: ViewedFile } & Pick<ViewerBarProps, 'details'>) {
  const { isCopied, copy } = useCopiedLink()
  const context = { ...contextOf(file), copyText: copy }
  const [copying, saving, opening] = (['copy-link', 'download', 'open-in-tab'] as const).map((id) =>
    actionItem(id, context),
  )
  if (!copying || !saving || !opening) return null
  return (
    <div className="order-1 flex items-center gap-1">
      <IconButton
        label={copying.label}
        tooltip={isCopied ? 'Copied' : copying.label}
        icon={isCopied ? <Check className="text-success" /> : copying.icon}
        onClick={copying.onSelect}
      />
      <IconButton label={saving.label} icon={saving.icon} onClick={saving.onSelect} />
      <IconButton label={opening.label} icon={opening.icon} onClick={opening.onSelect} />
      <IconButton
        label="Details"
        tooltip="Details (I)"
        icon={<Info />}
        isPressed={details.isOpen}
        onClick={details.toggle}
      />
    </div>
  )
}
