import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compression } from 'vite-plugin-compression2'
import { stampBuild } from './scripts/app-build.ts'
import { leanContract } from './scripts/lean-contract.ts'
import { leanIcons } from './scripts/lean-icons.ts'
import { leanImports } from './scripts/lean-imports.ts'
import { leanQueries } from './scripts/lean-queries.ts'
import { leanStyles } from './scripts/lean-styles.ts'

export default defineConfig({
  // Once, at build, as small as it gets: compressing at each request is slower and larger.
  plugins: [
    react(),
    leanContract(),
    leanIcons(),
    leanImports(),
    leanQueries(),
    tailwindcss(),
    leanStyles(),
    compression({ algorithms: ['gzip', 'brotliCompress'] }),
    stampBuild(),
  ],
  // Wouter brings a stand-in for a hook that React has had since version 18.
  resolve: { alias: { 'use-sync-external-store/shim/index.js': 'react' } },
  build: {
    outDir: 'dist/app',
    // A data: URL would need a hole in the content security policy.
    assetsInlineLimit: 0,
    target: 'es2023',
    // Browsers of that age know modulepreload.
    modulePreload: {
      polyfill: false,
      // The lists of what each part on demand needs would be half a kilobyte of the first load.
      resolveDependencies: (_file, needed, { hostType }) => (hostType === 'html' ? needed : []),
    },
    rolldownOptions: {
      output: {
        // What every screen needs in one file: it compresses better, and stays cached over releases.
        codeSplitting: {
          groups: [
            {
              name: 'base',
              test: /preload-helper|lean-icon$|node_modules\/(react|react-dom|scheduler|clsx|zod|@tanstack\/(query-core|react-query))\/|src\/(contract\/((account|api-error|api-keys|file-kind|file-name|files|folder-path|name-order|rate-limit|search)\.ts$|endpoints\.ts\?(files|folders|me|search|server)$)|app\/api\/http\/(api-error|api-key-text|readable-link|scopes)|app\/actions\/action-context|app\/features\/files\/folder\/arrange-entries|app\/lib\/(clock|format|retry|store|untrusted-text)|app\/ui\/(announcer|button|lazy-part|tooltip)\.|app\/api\/cache\/listing)/,
            },
          ],
        },
      },
    },
  },
})
