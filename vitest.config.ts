import { defineConfig } from 'vitest/config'

const each = {
  restoreMocks: true,
  unstubGlobals: true,
  // A worker for each file would load the server again for each: a third of the suite's time.
  isolate: false,
  // Many start a server or real programs; a busy machine takes many times as long for it.
  testTimeout: 90_000,
  // A second, as it comes, is nothing on a busy machine; what never comes fails later and no less.
  expect: { poll: { timeout: 30_000 } },
}

export default defineConfig({
  test: {
    globalSetup: ['scripts/compile-for-tests.ts', 'scripts/engines/for-tests.ts'],
    // Two cores run the whole suite: left to itself, Vitest takes one worker there.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...each,
          name: 'embedded',
          include: [
            'src/**/*.test.ts',
            'src/**/*.test.tsx',
            'scripts/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
        },
      },
      {
        // Tests of the whole server that another database could fail, once more on PostgreSQL.
        test: {
          ...each,
          name: 'shared',
          provide: { store: 'shared' },
          include: [
            'src/server/api-keys/authenticate.test.ts',
            'src/server/files/search.test.ts',
            'src/server/files/pictures-in-listings.test.ts',
            'src/server/files/archive/noted-crcs.test.ts',
            'src/server/files/manage/{manage-routes,manage-races,trash}.test.ts',
          ],
        },
      },
    ],
  },
})
