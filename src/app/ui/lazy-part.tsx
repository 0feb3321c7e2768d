import { type ComponentType, type LazyExoticComponent, lazy, useEffect, useState } from 'react'
import { announce } from './announcer.tsx'
import { Button } from './button.tsx'
import stylesheet from './style/all.css?url'

/**
 * Loads a part, and beside it the styles that the first screen does without.
 *
 * @throws TypeError without a network, and when the server has a newer app
 */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  const [part] = await Promise.all([load(), loadStyles()])
  return part
}

let styles: Promise<unknown> | null = null

function loadStyles(): Promise<unknown> {
  styles ??= new Promise((onload, reject) => {
    const link = document.createElement('link')
    const onerror = () => {
      link.remove()
      styles = null
      reject(new TypeError('The styles did not come.'))
    }
    document.head.append(
      Object.assign(link, { rel: 'stylesheet', href: stylesheet, onload, onerror }),
    )
  })
  return styles
}

/**
 * A part that is loaded when it is first drawn. Where that fails (no network, or the server has a newer
 * app whose files are named otherwise) words stand in its place: thrown, it would take down the whole
 * page, and the uploads that run in it. `floats`: the part has no place of its own, as a dialog.
 * `otherwise`: what can do its work meanwhile, without words.
 * `first`: it may be drawn without anybody asking for it, in the styles of the first screen alone.
 */
export function lazyPart<Props extends object>(
  loadAlone: () => Promise<ComponentType<Props>>,
  options: { floats?: boolean; first?: boolean; otherwise?: ComponentType<Props> } = {},
): LazyExoticComponent<ComponentType<Props>> {
  const { floats = false, first = false, otherwise } = options
  const load = () => (first ? loadAlone() : loadPart(loadAlone))
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

type MissingPartProps<Props extends object> = {
  load: () => Promise<ComponentType<Props>>
  /** What the part is given once it is there. */
  part: Props
  floats: boolean
}

const words = 'This part of the app could not be loaded.'

/** Stands for a part that did not come, and becomes it as soon as it can be had. */
function MissingPart<Props extends object>({ load, part, floats }: MissingPartProps<Props>) {
  const [found, setFound] = useState<{ Part: ComponentType<Props> } | null>(null)
  useEffect(() => {
    const ending = new AbortController()
    const retry = () =>
      void load().then(
        (Part) => setFound({ Part }),
        () => {},
      )
    window.addEventListener('online', retry, { signal: ending.signal })
    return () => ending.abort()
  }, [load])
  if (found) return <found.Part {...part} />
  return (
    <div
      role="alert"
      className={
        floats
          ? 'fixed inset-x-4 bottom-4 z-50 mx-auto max-w-md rounded-xl bg-raised p-4 text-sm shadow-float'
          : 'p-4 text-sm'
      }
    >
      <p className="font-medium">{words}</p>
      <p>It comes by itself with the network. If the server was updated, reload the page.</p>
      <Button className="mt-2" onClick={() => location.reload()}>
        Reload the page
      </Button>
    </div>
  )
}

/** A part that a press asks for; where it does not come that is told, and the next press tries again. */
export function usePartOnDemand<Props>(load: () => Promise<ComponentType<Props>>) {
  const [found, setFound] = useState<{ Part: ComponentType<Props> } | null>(null)
  return {
    found,
    want: () =>
      loadPart(load).then(
        (Part) => setFound({ Part }),
        () => announce(`${words} Check that you are online, or reload the page.`),
      ),
  }
}
