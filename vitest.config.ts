import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{app,main,preload,renderer}/**/*.test.{ts,tsx}'],
          setupFiles: ['test/setup.ts'],
          environment: 'node',
          testTimeout: 20_000,
        },
      },
      { test: { name: 'fences', include: ['test/fences/**/*.test.ts'], testTimeout: 120_000 } },
      { test: { name: 'whole', include: ['test/whole/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 120_000, fileParallelism: false } },
      {
        test: {
          name: 'interop',
          include: ['test/interop/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
