import { useState } from 'react'

/** Web storage whose methods never throw. */
export type TextStorage = {
  get(name: string): string | null
  /** False if the text could not be stored: then it lasts as long as the page. */
  set(name: string, text: string): boolean
  remove(name: string): void
  names(): string[]
}

/** Guards what `open` gives: browsers throw when storage is switched off, and when it is full. */
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

/** Shared by all tabs. */
export const browserStorage = guardStorage(() => localStorage)

/** Of this tab alone. */
export const tabStorage = guardStorage(() => sessionStorage)

/** A choice of how the screen looks, kept in this browser. Never for anything of an account. */
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

/** The stored choice, or the first one if none is stored. */
export function readChoice<Value extends string>(name: string, choices: readonly Value[]): Value {
  const stored = browserStorage.get(name)
  return choices.find((choice) => choice === stored) ?? (choices[0] as Value)
}
