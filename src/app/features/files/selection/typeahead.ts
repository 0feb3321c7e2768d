const pauseMs = 700

/**
 * Finds rows by the letters typed on them. Letters that follow quickly make one word; one letter
 * again and again goes through the names that begin with it. `now` in ms.
 */
export function createTypeahead() {
  let typed = ''
  let lastAt = Number.NEGATIVE_INFINITY

  return {
    /** The index of the name that is meant, searching on from `from` and round; null if there is none. */
    find(
      letter: string,
      place: { names: readonly string[]; from: number; now: number },
    ): number | null {
      typed = place.now - lastAt > pauseMs ? letter : typed + letter
      lastAt = place.now
      const isRepeat = [...typed].every((one) => one === typed[0])
      const wanted = (isRepeat ? letter : typed).toLocaleLowerCase()
      // A word that is still growing may mean the row it is on; a single letter always moves on.
      const first = isRepeat ? place.from + 1 : place.from
      for (let step = 0; step < place.names.length; step += 1) {
        const index = (first + step) % place.names.length
        if (place.names[index]?.toLocaleLowerCase().startsWith(wanted)) return index
      }
      return null
    },
    /** Whether a word is being typed: then a space is a letter of it. */
    isTyping: (now: number) => now - lastAt <= pauseMs,
  }
}

export type Typeahead = ReturnType<typeof createTypeahead>

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'timeStamp'>

/** Whether a key is a letter typed on a row: it prints, and no command key is held. */
export function isTyped(press: KeyPress, typeahead: Typeahead): boolean {
  if (press.ctrlKey || press.metaKey || press.altKey || [...press.key].length !== 1) return false
  return !isKeyOfAction(press.key) || typeahead.isTyping(press.timeStamp)
}

/** Whether a key that prints does something unless a word is being typed. */
export function isKeyOfAction(key: string): boolean {
  return ' /?iI'.includes(key)
}
