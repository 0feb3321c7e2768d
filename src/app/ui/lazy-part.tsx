import { type ComponentType, type LazyExoticComponent, lazy } from 'react'

/**
 * A part that is loaded when it is first drawn. Where that fails (no network, or the server has a newer
 * app whose files are named otherwise) a line stands in its place: thrown, it would take down the whole
 * page, and the uploads that run in it. `floats`: the part has no place of its own, as a dialog.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  { floats = false } = {},
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => {
    try {
      return { default: await load() }
    } catch {
      return { default: floats ? FloatingMissingPart : MissingPart }
    }
  })
}

function FloatingMissingPart() {
  return (
    <div className="fixed inset-x-4 bottom-4 z-50 mx-auto max-w-md rounded-xl bg-raised shadow-float">
      <MissingPart />
    </div>
  )
}

function MissingPart() {
  return (
    <p role="alert" className="p-4 text-sm">
      This part could not be loaded. Check that you are online, then reload the page.
    </p>
  )
}
