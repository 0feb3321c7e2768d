import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'src/**/*.test.tsx',
      'scripts/**/*.test.ts',
      'bench/**/*.test.ts',
    ],
    restoreMocks: true,
    // Many start a server or real programs; a busy machine takes many times as long for it.
    testTimeout: 90_000,
  },
})
