import { LogIn } from 'lucide-react'
import type { RefObject } from 'react'
import type { MadeApiKey } from '#app/features/account/web-session/web-session.ts'
import { Button } from '#app/ui/button.tsx'
import { ShownOnce } from '#app/ui/shown-once.tsx'

type CreatedKeyProps = {
  made: MadeApiKey
  /** This tab has a key already: using the new one replaces it. */
  isConnected: boolean
  /** The focus belongs here once the key is made: the dialog that made it is gone. */
  heading: RefObject<HTMLHeadingElement | null>
  onUse: () => void
  onDone: () => void
}

/** A key that was just made, whole, for the only time. Stays until the person puts it away. */
export function CreatedKey({ made, isConnected, heading, onUse, onDone }: CreatedKeyProps) {
  return (
    <section
      aria-labelledby="made-key"
      className="flex flex-col gap-3 rounded-lg border border-accent bg-selected p-4"
    >
      <div>
        <h2
          ref={heading}
          id="made-key"
          tabIndex={-1}
          className="break-words font-semibold outline-none"
        >
          <span dir="auto">{made.key.name}</span> is ready
        </h2>
        <p className="text-sm">
          Copy the key now: it is shown this once. Only a hash of it is kept, so nobody can look it
          up later.
        </p>
      </div>
      <ShownOnce
        label="New key"
        text={made.secret}
        copyLabel="Copy key"
        copyTone={isConnected ? 'primary' : 'outline'}
      >
        <Button tone={isConnected ? 'outline' : 'primary'} icon={<LogIn />} onClick={onUse}>
          Use this key here
        </Button>
        <Button tone="quiet" onClick={onDone}>
          Done
        </Button>
      </ShownOnce>
    </section>
  )
}
