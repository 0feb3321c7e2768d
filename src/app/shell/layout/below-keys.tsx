import type { Access } from '#app/api/http/api-key-text.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import { SitesPanel } from '#app/features/imports/sites/sites-panel.tsx'
import { SharesPanel } from '#app/features/shares/shares-panel.tsx'
import { useSnapshot } from '#app/lib/store.ts'

/** What the page of the keys has below them: links for others, and sites where imports are signed in. */
export function BelowKeys(props: { client: ApiClient; keyId: string; access: Access }) {
  const { client, keyId, access } = props
  const keepsCookies = useSnapshot(serverDescription)?.additions.includes('cookies')
  return (
    <>
      {access.canShare && <SharesPanel {...{ client, keyId }} />}
      {access.canImport && keepsCookies && <SitesPanel {...{ client, keyId }} />}
    </>
  )
}
