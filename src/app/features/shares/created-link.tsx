import { Suspense } from 'react'
import { Link } from 'wouter'
import { formatExactTime } from '#app/lib/format.ts'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { ShownOnce } from '#app/ui/shown-once.tsx'
import type { CreatedShare } from '#contract/shares.ts'

const QrCode = lazyPart(async () => (await import('#app/ui/qr-code.tsx')).QrCode)

/** A link that was just made, whole, for the only time. */
export function CreatedLink({ made, sharesHref }: { made: CreatedShare; sharesHref: string }) {
  return (
    <div className="flex flex-col gap-3">
      <ShownOnce
        label="Link"
        text={made.link}
        copyLabel="Copy link"
        description="Copy it now: it is shown this once, for only a hash of it is kept."
        takesFocus
      />
      <Suspense fallback={<div className="h-44" />}>
        <QrCode link={made.link}>
          Point a phone’s camera at it to open the link there. Whoever has it can use it.
        </QrCode>
      </Suspense>
      <p className="text-muted text-sm">
        It ends on {formatExactTime(made.share.expires_at)}. Your links are listed, and revoked,{' '}
        <Link href={sharesHref} className="underline">
          beside your API keys
        </Link>
        .
      </p>
    </div>
  )
}
