/** One PostgreSQL server for the whole run; forks, because a native module in worker threads can crash at exit. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/postgres-setup.ts'],
    pool: 'forks',
    // Generous: a busy machine is slow, and a test that hangs is stopped all the same.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
