/**
 * Before the whole test run: a folder for all it writes, one real PostgreSQL server, and a migrated database on each
 * engine, so that each test gets its own by a quick copy. TIEOUT_TEST_POSTGRES_URL names another server to use instead.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { placePrograms, startPostgres, type PostgresServer } from './embedded-postgres.ts'
import {
  POSTGRES_MODULES_VARIABLE,
  POSTGRES_URL_VARIABLE,
  TEMPLATE,
  createPostgresDatabase,
  dropPostgresDatabase,
} from './postgres-server.ts'
import { newRunFolder } from './run-folder.ts'
import { SQLITE_TEMPLATE_VARIABLE } from './sqlite-template.ts'

/** Tests trust the disk: what is tested here is rules, not power failure. Databases are too short-lived to be vacuumed. */
const FLAGS = ['fsync=off', 'autovacuum=off', 'max_connections=200']

let stop: () => Promise<void> = async () => undefined

export async function setup(): Promise<void> {
  const folder = newRunFolder()
  const given = process.env[POSTGRES_URL_VARIABLE]
  const flags = FLAGS.flatMap((flag) => ['-c', flag])
  const server = given === undefined ? await startPostgres(flags, join(folder, 'postgres')) : givenServer(given)
  keepExitCode()
  process.env[POSTGRES_URL_VARIABLE] = server.url
  process.env[POSTGRES_MODULES_VARIABLE] = server.modules
  // From here on: a memory folder may not run programs, and the server above is one.
  process.env['TMPDIR'] = folder
  // Programs that tests start are compiled once for all of them.
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled')
  const sqlite = join(folder, 'template.db')
  process.env[SQLITE_TEMPLATE_VARIABLE] = sqlite
  await dropPostgresDatabase(server.url, TEMPLATE)
  for (const url of [`sqlite:${sqlite}`, await createPostgresDatabase(server.url, TEMPLATE, null)]) {
    const template = await openDatabase(url)
    await migrate(template, 0)
    await template.close()
  }
  stop = async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Tests that stop a server start one of their own all the same. */
function givenServer(url: string): PostgresServer {
  const { modules, remove } = placePrograms()
  return { url, modules, stop: async () => remove() }
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
