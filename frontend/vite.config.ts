import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A running server that `npm run dev` passes calls on to. */
const server = process.env.LAYERLAB_URL ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@schemas': here('../shared_schemas/typescript') } },
  build: {
    outDir: here('../backend/layerlab/static'),
    emptyOutDir: true,
    chunkSizeWarningLimit: 1600,
  },
  server: {
    proxy: {
      '/api': { target: server, ws: true },
      '/login': { target: server },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    // One that hangs is red in a minute; a slow machine is not taken for a hanging one.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
