import type { QueryClient } from '@tanstack/react-query'
import { Suspense, useEffect, useState } from 'react'
import {
  currentContext,
  type ManageStep,
  type Target,
  useAbilities,
} from '#app/actions/action-context.ts'
import type { Queries } from '#app/api/cache/queries.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import type { Me } from '#contract/account.ts'
import type { FolderPath } from '#contract/folder-path.ts'

/** Asked for on one of the rows or in the folder that is shown. */
export type Asked = {
  what: ManageStep
  targets: readonly Target[]
  /** The one that was shown. */
  folder: FolderPath
  to?: FolderPath | undefined
  /** How many files the folder has, where all of them are meant, those that are not loaded as well. */
  wholeFiles?: number | undefined
}

export type ManageProps = {
  client: ApiClient
  me: Me
  queryClient: QueryClient
  queries: Queries
  /** The folder that is shown, or was last. */
  folder: FolderPath
  onOpenFolder: (folder: FolderPath) => void
}

const load = () => import('./manage-screens.tsx')
const ManageScreens = lazyPart(async () => (await load()).ManageScreens, { floats: true })

/** Lends the actions what they need to manage files and folders. The code comes with the first of them. */
export function Manage(props: ManageProps) {
  const [wasAsked, setWasAsked] = useState(false)
  const [waiting, setWaiting] = useState<readonly Asked[]>([])
  usePrepared()
  useAbilities({
    manage(what, targets, to) {
      const whole = currentContext().wholeSelection?.()
      const wholeFiles = whole?.targets === targets ? whole.files : undefined
      const asked = { what, targets, folder: props.folder, to, wholeFiles }
      setWasAsked(true)
      setWaiting((before) => (isRepeated(asked, before.at(-1)) ? before : [...before, asked]))
    },
  })
  return (
    wasAsked && (
      <Suspense fallback={null}>
        <ManageScreens
          {...props}
          waiting={waiting}
          onTaken={(taken) => setWaiting((now) => now.filter((one) => !taken.includes(one)))}
        />
      </Suspense>
    )
  )
}

/** A key pressed again on a row before the first press could show. */
function isRepeated(asked: Asked, before: Asked | undefined): boolean {
  const keys = ({ targets }: Asked) => targets.map(({ key }) => key).join('\n')
  if (asked.targets.length === 0 || !before) return false
  return before.what === asked.what && before.to === asked.to && keys(before) === keys(asked)
}

/** What is done first must not wait for its code: it comes once a person does anything. */
function usePrepared(): void {
  useEffect(() => {
    const ending = new AbortController()
    // Where that fails, the first thing that is asked for tries again, and says so.
    const prepare = () => {
      ending.abort()
      void load().catch(() => {})
    }
    for (const kind of ['pointermove', 'pointerdown', 'keydown'] as const) {
      const options = { signal: ending.signal, capture: true, passive: true }
      document.addEventListener(kind, prepare, options)
    }
    return () => ending.abort()
  }, [])
}
