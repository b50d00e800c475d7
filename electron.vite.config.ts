import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** One folder for each environment: out/main, out/preload, out/renderer. */
export default defineConfig({
  main: {
    build: {
      outDir: at('out/main'),
      // Packages stay packages: they hold binaries, and find them beside themselves.
      externalizeDeps: true,
      rollupOptions: {
        input: {
          index: at('src-main/hosts/electron/main.ts'),
          compute: at('src-main/hosts/compute/main.ts'),
          attractThread: at('src-main/analysis/neighbourView/attractThread.ts'),
          cli: at('src-main/hosts/cli/main.ts'),
        },
        // Flat, so that a file finds `compute.js` beside itself wherever it was put.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: at('out/preload'),
      rollupOptions: {
        input: { preload: at('src-main/hosts/electron/preload.ts') },
        // A sandboxed preload is a script, not a module.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src-renderer'),
    plugins: [vue()],
    build: {
      outDir: at('out/renderer'),
      minify: true,
      chunkSizeWarningLimit: 1000,
      // Small pictures and fonts too come from the page's own origin, as its policy asks.
      assetsInlineLimit: 0,
      rollupOptions: { input: at('src-renderer/index.html') },
    },
  },
})
