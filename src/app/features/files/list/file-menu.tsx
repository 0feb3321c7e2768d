import { Download, ExternalLink, Link2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { noLinkReason } from '#app/features/files/folder/entry.ts'
import { downloadLink, openLink } from '#app/features/files/folder/open-link.ts'
import { MenuSurface } from '#app/ui/overlay/menu-surface.tsx'
import type { TriggerElement } from '#app/ui/overlay/triggers.tsx'

/** The menu `More actions` of a file's row. */
export function FileMenu({
  trigger,
  link,
  name,
  onCopy,
}: {
  trigger: TriggerElement
  /** Null where the listing gave none that is of use. */
  link: string | null
  name: string
  onCopy: (link: string) => void
}) {
  const item = (label: string, icon: ReactNode, act: (link: string) => void) => ({
    label,
    icon,
    unavailableReason: link === null ? noLinkReason : undefined,
    onSelect: () => link !== null && act(link),
  })
  return (
    <MenuSurface
      trigger={trigger}
      items={[
        item('Open in a new tab', <ExternalLink />, openLink),
        item('Copy link', <Link2 />, onCopy),
        item('Download', <Download />, (href) => downloadLink(href, name)),
      ]}
    />
  )
}
