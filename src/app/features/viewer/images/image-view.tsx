import { RotateCw, ZoomIn, ZoomOut } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { darkStage } from '#app/features/viewer/dark-stage.ts'
import type { KindProps } from '#app/features/viewer/viewed-file.ts'
import { useViewerKeys } from '#app/features/viewer/viewer-keys.ts'
import { formatPercent } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { tell } from '#app/ui/announcer.tsx'
import { IconButton } from '#app/ui/button.tsx'
import { openPicture, type Picture, preloadAround } from './open-picture.ts'
import { useZoom } from './use-zoom.ts'
import { fitFactor } from './zoom.ts'

const zoomStep = 1.4
/** px by Shift and an arrow. */
const panStep = 80

/** A picture: whole in the window, enlarged, moved and turned. The last one stays until this is decoded. */
export function ImageView({ file, siblings, onUnreadable }: KindProps) {
  const area = useRef<HTMLDivElement>(null)
  const [shown, setShown] = useState<Picture | null>(null)
  const picture = { width: shown?.width || 1000, height: shown?.height || 750 }
  const view = useZoom(area, picture)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each file
  useEffect(() => {
    let isOver = false
    openPicture(file).then(
      (opened) => {
        if (isOver) return
        setShown(opened)
        view.startAnew()
        preloadAround(file, siblings)
      },
      (error: Error) => isOver || onUnreadable(error.message),
    )
    return () => {
      isOver = true
    }
  }, [file])
  const { placing, areaBox } = view
  const fit = fitFactor(picture, areaBox, placing.turns)
  const percent = Math.round(fit * placing.zoom * 100)
  const isEnlarged = placing.zoom > 1
  const change = {
    in: () => view.zoom(zoomStep),
    out: () => view.zoom(1 / zoomStep),
    turn: () => {
      view.turn(1)
      tell('Turned to the right')
    },
  }
  const keys: Record<string, () => void> = {
    '+': change.in,
    '=': change.in,
    '-': change.out,
    _: change.out,
    '0': view.reset,
    r: change.turn,
  }
  useViewerKeys(({ key, shiftKey }) => {
    const pan = shiftKey && isEnlarged ? panKeys[key] : undefined
    if (pan) view.pan(pan[0] * panStep, pan[1] * panStep)
    else if (key === 'R') view.turn(-1)
    else keys[key]?.()
    return pan !== undefined || key === 'R' || key in keys
  })
  const isWaiting = shown?.file !== file
  return (
    <div
      className="flex h-full flex-col bg-sunken text-ink"
      style={darkStage}
      aria-busy={isWaiting}
    >
      <div
        ref={area}
        {...view.events}
        {...(isEnlarged ? { 'data-own-swipe': '' } : {})}
        className="relative min-h-0 grow touch-none overflow-hidden select-none"
        style={{ cursor: isEnlarged ? 'grab' : 'zoom-in' }}
      >
        {shown && (
          <img
            src={shown.src}
            alt={visibleName(shown.file.name)}
            draggable={false}
            decoding="sync"
            className="absolute top-1/2 left-1/2 max-w-none"
            style={{
              width: picture.width * fit,
              height: picture.height * fit,
              transform: `translate(-50%, -50%) translate(${placing.x}px, ${placing.y}px) scale(${placing.zoom}) rotate(${placing.turns * 90}deg)`,
            }}
          />
        )}
      </div>
      <div className="flex shrink-0 items-center justify-center gap-1 px-3 py-1">
        {shown?.note && <p className="min-w-0 grow text-muted text-sm">{shown.note}</p>}
        <IconButton
          label="Zoom out"
          tooltip="Zoom out (−)"
          icon={<ZoomOut />}
          onClick={change.out}
        />
        <button
          type="button"
          aria-label={`Fit to the window, now ${formatPercent(percent)}`}
          className="min-w-14 rounded-md px-2 py-1 text-center text-muted text-sm touch-target hover:bg-hover"
          onClick={view.reset}
        >
          {formatPercent(percent)}
        </button>
        <IconButton label="Zoom in" tooltip="Zoom in (+)" icon={<ZoomIn />} onClick={change.in} />
        <IconButton label="Rotate" tooltip="Rotate (R)" icon={<RotateCw />} onClick={change.turn} />
      </div>
    </div>
  )
}

const panKeys: Record<string, [x: number, y: number]> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
}
