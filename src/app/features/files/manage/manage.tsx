import type { QueryClient } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
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

const ManageScreens = lazyPart(async () => (await import('./manage-screens.tsx')).ManageScreens, {
  floats: true,
})

/** Lends the actions what they need to manage files and folders. The code comes with the first of them. */
export function Manage(props: ManageProps) {
  const [asked, setAsked] = useState<Asked | null>(null)
  useAbilities({
    manage(what, targets, to) {
      const whole = currentContext().wholeSelection?.()
      const wholeFiles = whole?.targets === targets ? whole.files : undefined
      setAsked({ what, targets, to, wholeFiles })
    },
  })
  return (
    asked && (
      <Suspense fallback={null}>
        <ManageScreens {...props} asked={asked} />
      </Suspense>
    )
  )
}
