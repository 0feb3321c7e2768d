import { Component, type ReactNode } from 'react'
import { Button } from '#app/ui/button.tsx'

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
