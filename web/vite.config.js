import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// What the server answers and the app does not.
const server = process.env.QUORATE_URL ?? 'http://localhost:4242';
const answered = ['/api', '/auth', '/invite', '/logout', '/docs/openapi'];

export default defineConfig({
  // Addresses in index.html are relative to its <base>, which the server sets to its base path.
  base: './',
  plugins: [react()],
  build: {
    // The file that keeps the folder in git must survive.
    emptyOutDir: false,
    // The policy of the server forbids data: fonts and scripts, so everything is a file.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
  server: {
    proxy: Object.fromEntries(answered.map((path) => [path, server])),
  },
});
