/** A notice of the system for who looks elsewhere. */
export type EndNotice = {
  /** Whether a person can be asked if they want it. */
  canAsk(): boolean
  /** Whether they said yes, now or before. */
  isWanted(): boolean
  /** Asks; only from a press of theirs. */
  ask(): Promise<boolean>
  /** Shows it where the page is hidden and it is wanted. */
  show(title: string, body: string): void
}

/** Missing on plain http, and on phones, where only service workers may. */
export function createEndNotice(
  Api: typeof Notification | undefined = (globalThis as { Notification?: typeof Notification })
    .Notification,
  page: Pick<Document, 'hidden'> = document,
): EndNotice {
  let isBroken = Api === undefined || !globalThis.isSecureContext
  return {
    canAsk: () => !isBroken && Api?.permission === 'default',
    isWanted: () => !isBroken && Api?.permission === 'granted',
    async ask() {
      return (await Api?.requestPermission().catch(() => 'denied')) === 'granted'
    },
    show(title, body) {
      if (!this.isWanted() || !page.hidden || Api === undefined) return
      try {
        // One of them at a time: the newest says all.
        const notice = new Api(title, { body, icon: '/icon.svg', tag: 'barkeep-transfers' })
        notice.onclick = () => {
          window.focus()
          notice.close()
        }
      } catch {
        isBroken = true
      }
    },
  }
}
