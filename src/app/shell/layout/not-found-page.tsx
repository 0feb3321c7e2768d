import { Compass } from 'lucide-react'
import { Link } from 'wouter'
import { EmptyState } from '#app/ui/empty-state.tsx'

/** An address that is no folder and no page of this app. */
export function NotFoundPage({ homeHref }: { homeHref: string }) {
  return (
    <main className="flex h-full items-center justify-center">
      <title>Not found – Barkeep</title>
      <h1 className="sr-only">Not found</h1>
      <EmptyState
        icon={<Compass />}
        title="There is nothing at this address"
        action={
          <Link
            href={homeHref}
            className="inline-flex h-8 touch-target items-center rounded-md bg-fill px-3 font-medium text-on-fill hover:bg-fill-hover"
          >
            Go to All files
          </Link>
        }
      >
        The link may be cut off, or from another place.
      </EmptyState>
    </main>
  )
}
