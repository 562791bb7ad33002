/**
 * Starts one real PostgreSQL server for the whole test run and makes a migrated template there, so that each test gets
 * its own database by a quick copy. TIEOUT_TEST_POSTGRES_URL names another server to use instead.
 */
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { startPostgres } from './embedded-postgres.ts'
import { POSTGRES_URL_VARIABLE, TEMPLATE, createPostgresDatabase } from './postgres-server.ts'

/** Tests trust the disk: what is tested here is rules, not power failure. */
const FLAGS = ['-c', 'fsync=off', '-c', 'max_connections=200']

let stop: () => Promise<void> = async () => undefined

export async function setup(): Promise<void> {
  const given = process.env[POSTGRES_URL_VARIABLE]
  const server = given === undefined ? await startPostgres(FLAGS) : { url: given, stop: async () => undefined }
  process.env[POSTGRES_URL_VARIABLE] = server.url
  keepExitCode()
  const template = await openDatabase(await createPostgresDatabase(server.url, TEMPLATE, null))
  await migrate(template, 0)
  await template.close()
  stop = server.stop
}

/** The server's package ends the process with 0 once nothing is left to do, also when tests have failed. */
function keepExitCode(): void {
  process.prependListener('beforeExit', () => {
    const code = process.exitCode
    process.once('exit', () => {
      if (code !== undefined) process.exitCode = code
    })
  })
}

export async function teardown(): Promise<void> {
  await stop()
}
