import type { Page } from '@playwright/test'

export type Forms = { text?: string; html?: string; png?: boolean }

/** Pastes with the keyboard what the browser's own clipboard holds in several forms at once. */
export async function pasteForms(page: Page, forms: Forms): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.evaluate(async ({ text, html, png }) => {
    const drawPicture = async () => {
      const canvas = new OffscreenCanvas(8, 8)
      canvas.getContext('2d')?.fillRect(0, 0, 4, 4)
      return canvas.convertToBlob({ type: 'image/png' })
    }
    const data: Record<string, Blob> = {}
    if (text !== undefined) data['text/plain'] = new Blob([text], { type: 'text/plain' })
    if (html !== undefined) data['text/html'] = new Blob([html], { type: 'text/html' })
    if (png) data['image/png'] = await drawPicture()
    await navigator.clipboard.write([new ClipboardItem(data)])
  }, forms)
  await page.keyboard.press('ControlOrMeta+V')
}
