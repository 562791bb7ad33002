/** A real PostgreSQL server for a benchmark, on this machine's disk with every durability setting on. */
import { startPostgres } from '../test/support/embedded-postgres.ts'

/** Runs `work` with the URL of a fresh server. */
export async function withPostgres<T>(work: (url: string) => Promise<T>): Promise<T> {
  const server = await startPostgres(['-c', 'shared_buffers=512MB', '-c', 'max_wal_size=4GB'])
  try {
    return await work(server.url)
  } finally {
    await server.stop()
  }
}
