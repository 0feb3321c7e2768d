import { useState } from 'react'

/** Short texts by name. No method throws, whatever the browser refuses. */
export type TextStorage = {
  get(name: string): string | null
  /** False where the text could not be stored: then it lasts as long as the page. */
  set(name: string, text: string): boolean
  remove(name: string): void
  /** The names of all that is stored. */
  names(): string[]
}

/** `open` throws where storage is switched off, and any use of it may where it is full or forbidden. */
export function guardStorage(open: () => Storage): TextStorage {
  const unstored = new Map<string, string>()

  function attempt<T>(use: (storage: Storage) => T, otherwise: T): T {
    try {
      return use(open())
    } catch {
      return otherwise
    }
  }

  return {
    get: (name) =>
      unstored.get(name) ?? attempt<string | null>((storage) => storage.getItem(name), null),
    set(name, text) {
      unstored.set(name, text)
      const isStored = attempt((storage) => {
        storage.setItem(name, text)
        return true
      }, false)
      if (isStored) unstored.delete(name)
      return isStored
    },
    remove(name) {
      unstored.delete(name)
      attempt((storage) => storage.removeItem(name), undefined)
    },
    names: () =>
      attempt<string[]>(
        (storage) => Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? ''),
        [],
      ),
  }
}

/** What all tabs of this browser share. */
export const browserStorage = guardStorage(() => localStorage)

/** What lasts as long as this tab. */
export const tabStorage = guardStorage(() => sessionStorage)

/**
 * A choice of how the screen looks, kept over reloads in this browser. Never for anything that
 * belongs to an account.
 */
export function useStoredChoice<Value extends string>(
  name: string,
  choices: readonly Value[],
): [Value, (value: Value) => void] {
  const [value, setValue] = useState(() => readChoice(name, choices))
  const choose = (next: Value) => {
    setValue(next)
    browserStorage.set(name, next)
  }
  return [value, choose]
}

/** The stored choice, the first one where nothing valid is stored. */
export function readChoice<Value extends string>(name: string, choices: readonly Value[]): Value {
  const stored = browserStorage.get(name)
  return choices.find((choice) => choice === stored) ?? (choices[0] as Value)
}
