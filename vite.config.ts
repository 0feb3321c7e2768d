import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    outDir: 'dist/app',
    // A data: URL would need a hole in the content security policy.
    assetsInlineLimit: 0,
    target: 'es2023',
    // Browsers of that age know modulepreload.
    modulePreload: { polyfill: false },
  },
})
