import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import { MissingPart } from './missing-part.tsx'

/**
 * A part that is loaded when it is first drawn. Where that fails (no network, or the server has a newer
 * app whose files are named otherwise) words stand in its place: thrown, it would take down the whole
 * page, and the uploads that run in it. `floats`: the part has no place of its own, as a dialog.
 * `otherwise`: what can do its work meanwhile, without words.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  { floats = false, otherwise }: { floats?: boolean; otherwise?: ComponentType<Props> } = {},
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => {
    try {
      return { default: await load() }
    } catch {
      if (otherwise) return { default: otherwise }
      return {
        default: (props: Props) => <MissingPart load={load} part={props} floats={floats} />,
      }
    }
  })
}
