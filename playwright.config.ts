import { defineConfig, devices } from '@playwright/test'
import { lanName } from './e2e/lan-name.ts'
import { findChromium } from './scripts/find-chromium.ts'

const executablePath = await findChromium()
if (executablePath === null)
  throw new Error('No Chromium: node scripts/get-programs.ts --for-tests')

const isRoot = process.getuid?.() === 0

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/prepare-start.ts',
  fullyParallel: true,
  workers: 2,
  // A test that passes at the second try hides a race that people will meet.
  retries: 0,
  forbidOnly: process.env.CI !== undefined,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    actionTimeout: 20_000,
    // Routes do not see what one asks for. `from-outside.spec.ts` is for it, and allows it.
    serviceWorkers: 'block',
    // What was done and asked; its pictures at every step cost each test a third of its time: `--trace on` has them.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false, sources: false },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath,
      // Root has no user namespace to sandbox with; the rest keeps the browser off the network.
      args: [
        ...(isRoot ? ['--no-sandbox'] : []),
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        `--host-resolver-rules=MAP ${lanName} 127.0.0.1`,
      ],
    },
  },
})
