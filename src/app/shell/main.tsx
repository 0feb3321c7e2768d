import '#app/ui/style/first.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { serverDescription } from '#app/api/session/server-description.ts'
import { connection } from '#app/api/session/session.ts'
import { readChoice } from '#app/lib/browser/storage.ts'
import { createAppStores } from '#app/shell/state/app-stores.ts'
import { showTheme, themeChoiceName, themes } from '#app/shell/state/theme.ts'
import { loadPart } from '#app/ui/lazy-part.tsx'
import { App } from './app.tsx'

showTheme(readChoice(themeChoiceName, themes))
// The first listing wants to know it.
void serverDescription.read()

// Keeps the page for when there is no network, and takes what other apps share.
if (import.meta.env.PROD) {
  addEventListener(
    'load',
    () => void navigator.serviceWorker?.register('/service-worker.js').catch(() => {}),
  )
}

const root = document.getElementById('root')
if (root && /^\/(shared|ask)(\/|$)/.test(location.pathname)) {
  // Who comes by a link is not the owner, who may be connected in the same tab.
  void loadPart(() => import('./guest/guest-app.tsx')).then(({ showGuestApp }) =>
    showGuestApp(root),
  )
} else if (root) {
  const parts = createAppStores(connection)
  void connection.restore()
  createRoot(root).render(
    <StrictMode>
      <App connection={connection} parts={parts} />
    </StrictMode>,
  )
}
