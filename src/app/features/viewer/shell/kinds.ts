import type { ComponentType } from 'react'
import { textKind } from '#app/features/viewer/text/text-kind.ts'
import type { KindProps, ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { type FileKind, fileKind } from '#contract/file-kind.ts'

type Part = ComponentType<KindProps>

const ImageView = lazyPart(
  async () => (await import('#app/features/viewer/images/image-view.tsx')).ImageView,
)
const MediaView = lazyPart(
  async () => (await import('#app/features/viewer/media/media-view.tsx')).MediaView,
)
const TextView = lazyPart(
  async () => (await import('#app/features/viewer/text/text-view.tsx')).TextView,
)
const PdfView = lazyPart(
  async () => (await import('#app/features/viewer/pdf/pdf-view.tsx')).PdfView,
)
const ArchiveView = lazyPart(
  async () => (await import('#app/features/viewer/archive/archive-view.tsx')).ArchiveView,
)

/** How files of a kind are shown; what is missing here has the plain page. */
const parts: Partial<Record<FileKind, Part>> = {
  image: ImageView,
  video: MediaView,
  audio: MediaView,
  text: TextView,
  subtitles: TextView,
  // Its first bytes say whether it is text.
  other: TextView,
}

/** Archives that are zips under another name; not documents, whose parts nobody wants to see. */
const zips = /\.(?:zip|jar|war|apk|aab|ipa|xpi|vsix|whl|nupkg|cbz|kmz|3mf)$/i

/** What shows this file; null for the plain page. By its name alone, for no byte of it is read yet. */
export function partFor({ name, size }: ViewedFile): Part | null {
  if (/\.pdf$/i.test(name)) return PdfView
  if (zips.test(name)) return ArchiveView
  const kind = fileKind(name, size)
  // A picture in letters is still a picture, and a film that ends in `.ts` a film.
  if (kind === 'image' || kind === 'video') return parts[kind] ?? null
  return textKind(name) ? TextView : (parts[kind] ?? null)
}
