import { ListVideo, Play } from 'lucide-react'
import type { ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { Button, buttonTones } from '#app/ui/button.tsx'
import { vlcLink, writePlayList } from './play-list.ts'

/** The ways to play in another program what this browser does not. */
export function PlayElsewhere({ file }: { file: ViewedFile }) {
  return (
    <div className="flex flex-wrap items-center justify-center gap-2">
      <a
        href={vlcLink(file)}
        className={`inline-flex h-8 items-center gap-2 rounded-md px-3 touch-target [&_svg]:size-4 ${buttonTones.outline}`}
      >
        <Play aria-hidden="true" />
        Play in VLC
      </a>
      <Button icon={<ListVideo />} onClick={() => savePlayList(file)}>
        Save as .m3u8
      </Button>
    </div>
  )
}

function savePlayList(file: ViewedFile): void {
  const list = new Blob([writePlayList(file)], { type: 'application/vnd.apple.mpegurl' })
  const anchor = document.createElement('a')
  anchor.href = URL.createObjectURL(list)
  anchor.download = `${file.name.replace(/\.[^.]*$/, '')}.m3u8`
  anchor.click()
  // Once the browser has begun to save it.
  setTimeout(() => URL.revokeObjectURL(anchor.href), 60_000)
}
