import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/**
 * What axe calls serious or critical, as `rule: element`; and in what floats also text whose contrast it
 * could not reckon: a question that is not answered must not pass for a good answer.
 */
export async function findViolations(page: Page): Promise<string[]> {
  // Through a veil axe sees what is behind a dialog, and gives up on the contrast of everything in it.
  const isModal = await page.evaluate(() => {
    const root = document.getElementById('root')
    const isBehind = root?.getAttribute('aria-hidden') === 'true'
    if (isBehind) root.style.visibility = 'hidden'
    document.documentElement.style.setProperty('--color-veil', 'var(--color-canvas)')
    return isBehind
  })
  const { violations, incomplete } = await new AxeBuilder({ page }).analyze()
  await page.evaluate(() => {
    document.documentElement.style.removeProperty('--color-veil')
    document.getElementById('root')?.style.removeProperty('visibility')
  })
  const unknown = incomplete.filter(({ id }) => isModal && id === 'color-contrast')
  return [...violations, ...unknown]
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`),
    )
}
