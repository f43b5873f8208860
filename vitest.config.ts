import { defineConfig } from 'vitest/config';

/** Tests that start processes or go through whole runs: many seconds each, so `npm run check` leaves them to `npm test`. */
const long = [
  'test/main/headless/cli.test.ts',
  'test/main/headless/cli/elsewhere.test.ts',
  'test/main/headless/cli/going-on.test.ts',
  'test/main/headless/cli/models.test.ts',
  'test/main/core/kill.test.ts',
  'test/main/core/process.test.ts',
  'test/main/core/batch/killed-run.test.ts',
  'test/main/core/batch/runner.test.ts',
  'test/main/core/handlers/candidates.test.ts',
  'test/main/core/handlers/judging.test.ts',
  'test/main/core/handlers/opening.test.ts',
  'test/main/core/handlers/provider-batches.test.ts',
  'test/main/core/handlers/reviewing.test.ts',
  'test/main/core/handlers/skipping.test.ts',
  'test/main/core/spikeagent-mistakes.test.ts',
  'test/main/core/applying/full-disk.test.ts',
  'test/main/core/compute/memory.test.ts',
  'test/main/core/draw/like-echarts.test.ts',
  'test/main/core/vault/keychain.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{app,main,preload,renderer}/**/*.test.{ts,tsx}'],
          exclude: long,
          setupFiles: ['test/setup.ts'],
          environment: 'node',
          // Reading the modules anew for each file takes longer than the tests; what a test changes it puts back.
          isolate: false,
          maxWorkers: 2,
          testTimeout: 60_000,
        },
      },
      { test: { name: 'long', include: long, setupFiles: ['test/setup.ts'], testTimeout: 120_000, hookTimeout: 60_000 } },
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
