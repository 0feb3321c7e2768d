import { useState } from 'react'

/**
 * A choice of how the screen looks, kept over reloads in this browser. Never for anything that
 * belongs to an account. Where storage is refused the choice lasts as long as the page.
 */
export function useStoredChoice<Value extends string>(
  name: string,
  choices: readonly Value[],
): [Value, (value: Value) => void] {
  const [value, setValue] = useState(() => readChoice(name, choices))
  const choose = (next: Value) => {
    setValue(next)
    try {
      localStorage.setItem(name, next)
    } catch {
      // Storage is full or forbidden; the choice still holds for this page.
    }
  }
  return [value, choose]
}

/** The stored choice, the first one where nothing valid is stored. */
export function readChoice<Value extends string>(name: string, choices: readonly Value[]): Value {
  let stored: string | null = null
  try {
    stored = localStorage.getItem(name)
  } catch {
    // Cookies and storage may be switched off for this site.
  }
  return choices.find((choice) => choice === stored) ?? (choices[0] as Value)
}
