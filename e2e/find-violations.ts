import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/**
 * What axe calls serious or critical, as `rule: element`; and in what floats also text whose contrast it
 * could not reckon: a question that is not answered must not pass for a good answer. In the dark theme
 * only colours differ, so only contrast is asked for again. `within` (a CSS selector) leaves out what lies
 * behind a popover, where nothing can be reckoned.
 */
export async function findViolations(page: Page, within = 'html'): Promise<string[]> {
  // Through a veil axe sees what is behind a dialog, and gives up on the contrast of everything in it.
  const isModal = await page.evaluate(() => {
    const root = document.getElementById('root')
    const isBehind = root?.getAttribute('aria-hidden') === 'true'
    if (isBehind) root.style.visibility = 'hidden'
    document.documentElement.style.setProperty('--color-veil', 'var(--color-canvas)')
    return isBehind
  })
  const found: string[] = []
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    // A tooltip lets the pointer through, so axe takes it to lie behind what it covers.
    const axe = new AxeBuilder({ page }).include(within).exclude('[popover]')
    // The other mode opens a page of its own each time, for frames of other origins, which none has here.
    axe.setLegacyMode()
    if (colorScheme === 'dark') axe.withRules('color-contrast')
    const { violations, incomplete } = await axe.analyze()
    const unknown = incomplete.filter(({ id }) => isModal && id === 'color-contrast')
    for (const { id, impact, nodes } of [...violations, ...unknown]) {
      if (impact !== 'serious' && impact !== 'critical') continue
      for (const { target, failureSummary } of nodes) {
        found.push(`${colorScheme}: ${id}: ${target.join(' ')}: ${failureSummary}`)
      }
    }
  }
  await page.evaluate(() => {
    document.documentElement.style.removeProperty('--color-veil')
    document.getElementById('root')?.style.removeProperty('visibility')
  })
  return found
}
