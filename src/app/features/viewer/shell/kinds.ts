import type { ComponentType } from 'react'
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

/** How files of a kind are shown; what is missing here has the plain page. */
const parts: Partial<Record<FileKind, Part>> = {
  image: ImageView,
  video: MediaView,
  audio: MediaView,
}

/** What shows this file; null for the plain page. By its name alone, for no byte of it is read yet. */
export function partFor(file: ViewedFile): Part | null {
  return parts[fileKind(file.name, file.size)] ?? null
}
