import { useStoredChoice } from '#app/lib/browser/storage.ts'

/** `system` first: the choice while nobody made one. */
export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]
export const themeChoiceName = 'barkeep.theme'

/** Shows the page in a theme; `theme.css` does the rest. */
export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

/** The chosen theme, and choosing another. `main.tsx` shows the stored one before the first paint. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useStoredChoice(themeChoiceName, themes)
  return [
    theme,
    (next) => {
      showTheme(next)
      setTheme(next)
    },
  ]
}
