import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { PasswordQuestion, VisitRefused } from '#app/features/shares/visit/visit-screens.tsx'
import { useSnapshot } from '#app/lib/store.ts'
import { ErrorBoundary, WaitingScreen } from '#app/shell/layout/waiting-screen.tsx'
import { Announcer } from '#app/ui/announcer.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { useTooltips } from '#app/ui/tooltip.ts'
import { createVisit, type Visit } from './visit.ts'

const SharedPage = lazyPart(async () => (await import('./shared-page.tsx')).SharedPage)
const AskPage = lazyPart(async () => (await import('./ask-page.tsx')).AskPage)

/** Draws the app for somebody who came by a link; what stands behind `#` is its secret. */
export function showGuestApp(root: HTMLElement): void {
  // Another link pasted into the same tab is another visit.
  window.addEventListener('hashchange', () => location.reload())
  const visit = createVisit(location.hash.slice(1))
  createRoot(root).render(
    <StrictMode>
      <ErrorBoundary>
        <QueryClientProvider client={visit.queryClient}>
          <GuestScreen visit={visit} />
          <Announcer />
        </QueryClientProvider>
      </ErrorBoundary>
    </StrictMode>,
  )
}

function GuestScreen({ visit }: { visit: Visit }) {
  const now = useSnapshot(visit)
  useTooltips()
  if (now.state === 'opening') return <WaitingScreen />
  if (now.state === 'refused') return <VisitRefused error={now.error} onRetry={visit.retry} />
  if (now.state === 'locked') {
    const { error, isPending } = now
    return (
      <PasswordQuestion
        {...{ error, isPending }}
        onUnlock={(password) => void visit.unlock(password)}
      />
    )
  }
  const { session } = now
  const Page = session.me.share?.kind === 'upload' ? AskPage : SharedPage
  return (
    <Suspense fallback={<WaitingScreen />}>
      <Page visit={visit} session={session} />
    </Suspense>
  )
}
