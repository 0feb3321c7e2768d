type ApiKeysPageProps = {
  /** Where "back" leads: the files, or the connect page. */
  backHref: string
  /** The id of the key this tab is connected with (`me.key.id`), null when it is not. */
  currentKeyId: string | null
  /** The whole secret of a key just made: connect with it and leave this page. */
  onUseKey: (secret: string) => void
}

/** The `API keys` panel of the own server. Loaded on demand; signs in by name and password itself. */
export function ApiKeysPage({ backHref }: ApiKeysPageProps) {
  return <a href={backHref}>API keys</a>
}
