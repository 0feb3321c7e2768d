import { useEffect, useState } from 'react'
import type { KindProps, ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { preloadAround } from './preload.ts'

const unreadable = 'This browser does not show this picture. Download it to open it elsewhere.'

/** A picture, whole in the window. */
export function ImageView({ file, siblings, onUnreadable }: KindProps) {
  const [shown, setShown] = useState<ViewedFile>(file)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each file
  useEffect(() => {
    let isOver = false
    const image = new Image()
    image.src = file.link
    image.decode().then(
      () => {
        if (isOver) return
        setShown(file)
        preloadAround(file, siblings)
      },
      () => isOver || onUnreadable(unreadable),
    )
    return () => {
      isOver = true
    }
  }, [file])
  return (
    <div className="flex h-full items-center justify-center bg-sunken scheme-dark">
      <img
        src={shown.link}
        alt={visibleName(shown.name)}
        draggable={false}
        className="max-h-full max-w-full object-contain"
      />
    </div>
  )
}
