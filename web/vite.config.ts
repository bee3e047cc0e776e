/** How the dashboard is built; scripts/build-web.ts and `npm run dev:web` both read it. */
import { fileURLToPath } from 'node:url';
import type { UserConfig } from 'vite';

const gateway = 'http://127.0.0.1:8181';

const config: UserConfig = {
  root: fileURLToPath(new URL('.', import.meta.url)),
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2023',
    // Every file is a request of its own: nothing inline, so that the content security policy needs no exception.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': gateway, '/v1': { target: gateway, ws: true }, '/health': gateway, '/metrics': gateway } },
};

// Vite reads a default export.
export default config;
