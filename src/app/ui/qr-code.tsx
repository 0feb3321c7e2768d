import { type ReactNode, useMemo } from 'react'
import { encode } from 'uqr'

/** Longer text makes a code that no camera reads from a screen. */
const maxCodeLength = 1_000

/** For a phone's camera: dark on light also where the page is dark, with a margin, or it is not found. */
export function QrCode({ link, children }: { link: string; children?: ReactNode }) {
  const code = useMemo(
    () => (link.length > maxCodeLength ? null : encode(link, { border: 4 })),
    [link],
  )
  if (code === null) return null
  const path = code.data
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('')
  return (
    <figure className="flex flex-wrap items-center gap-4">
      <svg
        role="img"
        aria-label="QR code of the link"
        viewBox={`0 0 ${code.size} ${code.size}`}
        shapeRendering="crispEdges"
        className="size-44 shrink-0 rounded-md border border-line forced-color-adjust-none"
      >
        <rect width={code.size} height={code.size} fill="#fff" />
        <path d={path} fill="#000" />
      </svg>
      <figcaption className="min-w-0 basis-40 grow text-muted text-sm">
        {children ??
          'Point a phone’s camera at it to open the file there. Whoever has the link can read the file.'}
      </figcaption>
    </figure>
  )
}
