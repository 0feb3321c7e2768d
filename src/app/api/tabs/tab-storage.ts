/** A few short texts that live as long as this tab. Where the browser has no storage, as long as the page. */
export type TabStorage = {
  get(name: string): string | null
  set(name: string, text: string): void
  remove(name: string): void
}

/** `open` throws where storage is switched off, and so may each of its methods. */
export function createTabStorage(open: () => Storage = () => sessionStorage): TabStorage {
  const memory = new Map<string, string>()

  function attempt<T>(use: (storage: Storage) => T): T | null {
    try {
      return use(open())
    } catch {
      return null
    }
  }

  return {
    get: (name) => attempt((storage) => storage.getItem(name)) ?? memory.get(name) ?? null,
    set(name, text) {
      memory.set(name, text)
      attempt((storage) => storage.setItem(name, text))
    },
    remove(name) {
      memory.delete(name)
      attempt((storage) => storage.removeItem(name))
    },
  }
}
