import { useEffect } from 'react'
import { ReaderStyles } from '#app/features/viewer/reader-styles.tsx'
import type { KindProps } from '#app/features/viewer/viewed-file.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'

/**
 * A PDF in the browser's own viewer, which runs apart from every page. Not in a sandbox: browsers show
 * none there. What the file's link is sent with keeps a page under this name from running at all.
 */
export function PdfView({ file, onUnreadable }: KindProps) {
  const canShow = navigator.pdfViewerEnabled !== false
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, however often the callback is made anew
  useEffect(() => {
    if (!canShow)
      onUnreadable('This browser shows no PDFs: download it and open it with a program.')
  }, [canShow])
  if (!canShow) return null
  return (
    <>
      <ReaderStyles />
      <iframe
        key={file.link}
        src={file.link}
        title={visibleName(file.name)}
        referrerPolicy="no-referrer"
        className="reader-frame"
      />
    </>
  )
}
