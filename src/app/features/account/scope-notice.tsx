import { KeyRound } from 'lucide-react'
import { missingScope } from '#app/api/http/scopes.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import type { Scope } from '#contract/api-keys.ts'

type ScopeNoticeProps = {
  /** What the key lacks, e.g. `read`. */
  scope: Scope
  /** `page` fills a part of the screen, `line` stands beside other words. */
  appearance?: 'page' | 'line'
}

/** Stands where a part of the screen would be that the key's scopes forbid, and says why. */
export function ScopeNotice({ scope, appearance = 'page' }: ScopeNoticeProps) {
  const { title, reason } = missingScope[scope]
  if (appearance === 'line') return <p className="text-muted text-sm">{reason}</p>
  return (
    <EmptyState icon={<KeyRound />} title={title}>
      {reason}
    </EmptyState>
  )
}
