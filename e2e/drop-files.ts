import type { Page } from '@playwright/test'

export type Drop = {
  /** Lets go of the files. */
  release(): Promise<void>
  /** Carries them out of the window instead. */
  leave(): Promise<void>
}

/**
 * Drags files and folders of this machine over the middle of the page, as a person's hand does: the
 * browser itself reads them, folders with all that is in them.
 */
export function dragFiles(page: Page, paths: string[]): Promise<Drop> {
  return drag(page, { items: [], files: paths, dragOperationsMask: 1 })
}

/** Links as another window of the browser hands them over. */
export function dragLinks(page: Page, links: string[]): Promise<Drop> {
  const items = [{ mimeType: 'text/uri-list', data: links.join('\r\n') }]
  return drag(page, { items, dragOperationsMask: 1 })
}

type DragItem = { mimeType: string; data: string }
type DragData = { items: DragItem[]; files?: string[]; dragOperationsMask: 1 }

/** One thing in several forms, as a picture that leads somewhere comes from another page. */
export async function dropForms(page: Page, items: DragItem[], files: string[]): Promise<void> {
  const drop = await drag(page, { items, files, dragOperationsMask: 1 })
  await drop.release()
}

async function drag(page: Page, data: DragData): Promise<Drop> {
  const devTools = await page.context().newCDPSession(page)
  const size = page.viewportSize() ?? { width: 800, height: 600 }
  const at = { x: size.width / 2, y: size.height / 2, data }
  const send = (type: 'dragEnter' | 'dragOver' | 'drop' | 'dragCancel') =>
    devTools.send('Input.dispatchDragEvent', { type, ...at })
  await send('dragEnter')
  await send('dragOver')
  return {
    async release() {
      await send('drop')
      await devTools.detach()
    },
    async leave() {
      await send('dragCancel')
      await devTools.detach()
    },
  }
}

export async function dropFiles(page: Page, paths: string[]): Promise<void> {
  const drop = await dragFiles(page, paths)
  await drop.release()
}

/** A folder, or more than a handful of files, without the five seconds in which it can be taken back. */
export async function dropAtOnce(page: Page, paths: string[]): Promise<void> {
  await dropFiles(page, paths)
  await page.getByRole('button', { name: 'Send now' }).click()
}
