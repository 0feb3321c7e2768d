import './theme.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { connection } from '#app/api/connection.ts'
import { readChoice } from '#app/lib/use-stored-choice.ts'
import { App } from './app.tsx'
import { createSessionParts } from './session-parts.ts'
import { showTheme, themeChoiceName, themes } from './theme.ts'

showTheme(readChoice(themeChoiceName, themes))
const parts = createSessionParts(connection)
void connection.restore()

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App connection={connection} parts={parts} />
    </StrictMode>,
  )
}
