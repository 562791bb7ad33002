/** One PostgreSQL server for the whole run; forks, because a native module in worker threads can crash at exit. */
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/run-setup.ts'],
    pool: 'forks',
    // One process for many files: each would load and compile the program again. No test may leave anything behind in it.
    isolate: false,
    // Two at least: tests wait for databases and processes as much as they compute, and the default leaves one core idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Generous: a busy machine is slow, and a test that hangs is stopped all the same.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
})
