import { Check, Copy, KeyRound } from 'lucide-react'
import { Fragment, useState } from 'react'
import { Link } from 'wouter'
import { serverDescription } from '#app/api/session/server-description.ts'
import { copyText } from '#app/lib/browser/copy-text.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { buttonTones, IconButton } from '#app/ui/button.tsx'
import type { ServerDescription } from '#contract/account.ts'

type KeySourcesProps = {
  /** Null while the server has not said what it is. */
  mode: ServerDescription['mode'] | null
  apiKeysHref: string
}

const command = ['./barkeep keys create', '--user owner', '--name laptop']

/** Where somebody without a key gets one, which depends on what stands behind this address. */
export function KeySources({ mode, apiKeysHref }: KeySourcesProps) {
  return (
    <section aria-labelledby="key-sources" className="border-line border-t pt-5">
      <h2 id="key-sources" className="font-medium">
        No key yet?
      </h2>
      {mode === 'own' && <OwnServer apiKeysHref={apiKeysHref} />}
      {mode === 'gateway' && (
        <p className="mt-1 text-muted">
          Your files are with a hosted service, and Barkeep is its window. Make a key in the API
          Keys panel of that service’s web app, then paste it here.
        </p>
      )}
      {mode === null && (
        <p className="mt-1 text-muted">
          The API Keys panel of your storage service makes one. A server of your own gave one when
          it first started.
        </p>
      )}
    </section>
  )
}

function OwnServer({ apiKeysHref }: { apiKeysHref: string }) {
  const [isCopied, setIsCopied] = useState(false)
  return (
    <div className="mt-1 flex flex-col gap-4 text-muted">
      <p>Sign in with your name and password to make one. It takes a minute.</p>
      <Link
        href={apiKeysHref}
        className={`inline-flex h-9 touch-target items-center justify-center gap-2 rounded-md text-ink ${buttonTones.outline}`}
      >
        <KeyRound aria-hidden="true" className="size-4" />
        Sign in to make a key
      </Link>
      <div>
        <p>
          This server gave a first key and the owner’s password when it first started: on its
          terminal, or in a file that its log names. In its folder, this makes another key:
        </p>
        <div className="mt-2 flex items-center gap-1 rounded-md bg-sunken py-1 pr-1 pl-3">
          <code className="min-w-0 grow py-1 font-mono text-ink text-xs">
            {command.map((part) => (
              <Fragment key={part}>
                <span className="whitespace-nowrap">{part}</span>{' '}
              </Fragment>
            ))}
          </code>
          <IconButton
            size="small"
            label={isCopied ? 'Copied' : 'Copy command'}
            icon={isCopied ? <Check /> : <Copy />}
            onClick={() => void copyText(command.join(' ')).then(setIsCopied)}
          />
        </div>
      </div>
    </div>
  )
}

/** What stands behind this address (own store or gateway); null until it is known. Asked once. */
export function useServerDescription(): ServerDescription | null {
  return useSnapshot(serverDescription)
}
