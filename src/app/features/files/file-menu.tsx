import { Download, ExternalLink, Link2 } from 'lucide-react'
import type { ReactElement } from 'react'
import { Menu, MenuItem } from '#app/ui/menu.tsx'
import { type FileEntry, noLinkReason } from './entry.ts'
import { downloadLink, openLink } from './open-link.ts'

/** The ⋯ menu of a file. Made when its button is first pressed, and open from then on. */
export function FileMenu({
  entry,
  trigger,
  onCopy,
}: {
  entry: FileEntry
  trigger: ReactElement
  onCopy: (link: string) => void
}) {
  const { link, name } = entry
  const unavailableReason = link === null ? noLinkReason : undefined
  const withLink = (act: (link: string) => void) => () => {
    if (link !== null) act(link)
  }
  return (
    <Menu trigger={trigger} isInitiallyOpen>
      <MenuItem
        icon={<ExternalLink />}
        unavailableReason={unavailableReason}
        onSelect={withLink(openLink)}
      >
        Open in a new tab
      </MenuItem>
      <MenuItem icon={<Link2 />} unavailableReason={unavailableReason} onSelect={withLink(onCopy)}>
        Copy link
      </MenuItem>
      <MenuItem
        icon={<Download />}
        unavailableReason={unavailableReason}
        onSelect={withLink((href) => downloadLink(href, name))}
      >
        Download
      </MenuItem>
    </Menu>
  )
}
