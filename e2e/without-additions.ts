import type { Page } from '@playwright/test'

/** The server as one that knows the reference alone: folders then come in pages of 50. */
export async function withoutAdditions(page: Page): Promise<void> {
  await page.route('**/api/server', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...(await answer.json()), additions: [] } })
  })
}
