import type { Scope } from '#contract/api-keys.ts'

type ScopeNoticeProps = {
  /** What the key lacks, e.g. `read`. */
  scope: Scope
}

/** Stands where a part of the screen would be that the key's scopes forbid, and says why. */
export function ScopeNotice({ scope }: ScopeNoticeProps) {
  return <p>This key is missing the {scope} scope.</p>
}
