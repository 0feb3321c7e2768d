import type { Me } from '#contract/account.ts'

export type ThemeChoice = 'system' | 'light' | 'dark'

type AccountMenuProps = {
  me: Me
  theme: ThemeChoice
  /** Where the `API keys` page is in this app. */
  apiKeysHref: string
  onThemeChange: (theme: ThemeChoice) => void
  onSignOut: () => void
}

/** The button with the user's name, and what it opens: who this is, what the key may do, sign out. */
export function AccountMenu({ me, onSignOut }: AccountMenuProps) {
  return (
    <button type="button" onClick={onSignOut}>
      {me.username}
    </button>
  )
}
