import type { ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { fileKind } from '#contract/file-kind.ts'

/** Pictures that are decoded before they are stepped to: the browser keeps what an element holds. */
const held = new Map<string, HTMLImageElement>()

/** Decodes the pictures beside this one, and lets go of those farther off. */
export function preloadAround(file: ViewedFile, siblings: readonly ViewedFile[]): void {
  const at = siblings.indexOf(file)
  const near = [siblings[at + 1], siblings[at - 1]].filter(
    (one): one is ViewedFile => one !== undefined && fileKind(one.name) === 'image',
  )
  const wanted = new Set([file.link, ...near.map(({ link }) => link)])
  for (const link of held.keys()) if (!wanted.has(link)) held.delete(link)
  for (const { link } of near) {
    if (held.has(link)) continue
    const image = new Image()
    held.set(link, image)
    image.src = link
    image.decode().catch(() => held.delete(link))
  }
}
