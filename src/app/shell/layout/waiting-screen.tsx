import { Component, type ReactNode } from 'react'
import { Button } from '#app/ui/button.tsx'
import { Skeleton } from '#app/ui/skeleton.tsx'

/** The screen's shape while it is not known yet what it will hold. */
export function WaitingScreen() {
  return (
    <div aria-busy="true" className="flex h-full">
      <p role="status" className="sr-only">
        Connecting…
      </p>
      <div className="hidden w-64 shrink-0 flex-col gap-5 border-line border-r bg-sunken p-5 md:flex">
        <Skeleton className="h-4 w-24" />
        <Skeleton className="mt-4 h-3 w-20" />
        <Skeleton className="ml-4 h-3 w-28" />
        <Skeleton className="ml-4 h-3 w-24" />
      </div>
      <div className="grow">
        <div className="flex h-13 items-center border-line border-b px-4">
          <Skeleton className="h-3 w-32" />
        </div>
      </div>
    </div>
  )
}

/** Catches what breaks the screen itself: says so in words, and offers the way on. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError() {
    return { hasFailed: true }
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children
    return (
      <main
        role="alert"
        className="flex h-full flex-col items-center justify-center gap-3 p-6 text-center"
      >
        <h1 className="font-semibold text-lg">Something in this page broke</h1>
        <p className="max-w-sm text-balance text-muted">
          Your files are safe. Uploads that were not done are listed as interrupted after reloading.
        </p>
        <Button tone="primary" onClick={() => location.reload()}>
          Reload the page
        </Button>
      </main>
    )
  }
}
