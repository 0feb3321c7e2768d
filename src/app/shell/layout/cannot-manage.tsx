import { apiKeysHref } from '#app/shell/state/folder-href.ts'

/** Why nothing here can be renamed, moved or deleted; `canServer` with another key. */
export function CannotManage({ canServer }: { canServer: boolean }) {
  return (
    <p className="mx-4 mb-2 text-muted text-xs">
      {canServer ? (
        <>
          This key cannot rename, move or delete: it lacks the scope “manage”.{' '}
          <a href={apiKeysHref} className="underline">
            Make a key
          </a>
        </>
      ) : (
        'This service cannot rename, move or delete files.'
      )}
    </p>
  )
}
