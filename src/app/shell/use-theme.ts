import { useStoredChoice } from '#app/lib/use-stored-choice.ts'
import { showTheme, type Theme, themeChoiceName, themes } from './theme.ts'

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
