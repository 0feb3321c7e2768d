import { type ComponentType, type LazyExoticComponent, lazy } from 'react'

/**
 * A part that is loaded when it is first drawn. Where that fails (no network, or the server has a newer
 * app whose files are named otherwise) a line stands in its place: thrown, it would take down the whole
 * page, and the uploads that run in it.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => {
    try {
      return { default: await load() }
    } catch {
      return { default: MissingPart }
    }
  })
}

function MissingPart() {
  return (
    <p role="alert" className="p-4 text-sm">
      This part could not be loaded. Check that you are online, then reload the page.
    </p>
  )
}
