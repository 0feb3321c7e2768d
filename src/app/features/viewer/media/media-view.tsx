import { useRef } from 'react'
import type { KindProps } from '#app/features/viewer/viewed-file.ts'
import { useViewerKeys } from '#app/features/viewer/viewer-keys.ts'

/** A film or a piece of music, in the browser's own player. */
export function MediaView({ file, onUnreadable }: KindProps) {
  const video = useRef<HTMLVideoElement>(null)
  useViewerKeys(({ key }) => {
    const { current: player } = video
    if (!player || !' kK'.includes(key)) return false
    if (player.paused) void player.play().catch(() => {})
    else player.pause()
    return true
  })
  return (
    <div className="flex h-full items-center justify-center scheme-dark bg-sunken">
      {/* biome-ignore lint/a11y/useMediaCaption: those that lie beside it are to come */}
      <video
        ref={video}
        key={file.link}
        src={file.link}
        controls
        autoPlay
        playsInline
        className="max-h-full max-w-full"
        onError={() =>
          onUnreadable('This browser cannot play this file. Download it to play it elsewhere.')
        }
      />
    </div>
  )
}
