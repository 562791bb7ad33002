/**
 * A PostgreSQL server that one test has to itself, to stop, to kill and to start again, and a standby of it: the programs
 * the run's own server is of. It runs as the same user, and is gone with the test.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { freePort, makeCluster, type Cluster } from './embedded-postgres.ts'
import { POSTGRES_MODULES_VARIABLE } from './postgres-server.ts'

/** `pg_ctl stop -m fast` and `-m immediate`, and a server that dies with its machine. */
export type StopMode = 'fast' | 'immediate' | 'killed'

export interface OwnPostgres {
  /** Of the database "postgres" on it. */
  readonly url: string
  readonly port: number
  /** Resolves when it takes connections; of a standby, connections that read. Nothing happens to one that runs. */
  readonly start: () => Promise<void>
  /** Resolves when its process is gone. */
  readonly stop: (mode: StopMode) => Promise<void>
  /** A copy of its files, which follows it once it is started. The server is stopped meanwhile. */
  readonly makeStandby: () => Promise<OwnPostgres>
}

const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT', killed: 'SIGKILL' } as const
const READY = /database system is ready to accept/
/** Databases are too short-lived to be vacuumed; a standby that is asked to end must not wait for its primary. */
const FLAGS = [
  'autovacuum=off',
  'unix_socket_directories=',
  'wal_receiver_timeout=2s',
  'wal_retrieve_retry_interval=50ms',
]

export async function ownPostgres(): Promise<OwnPostgres> {
  const modules = process.env[POSTGRES_MODULES_VARIABLE]
  if (modules === undefined) throw new Error(`${POSTGRES_MODULES_VARIABLE} is not set: run the tests through vitest.`)
  const cluster = await makeCluster(modules, join(newServerFolder(), 'data'))
  const server = runnable(cluster, await freePort())
  await server.start()
  return server
}

function newServerFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tieout-own-'))
  // The server's own user has to reach its data inside.
  chmodSync(folder, 0o755)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function runnable(cluster: Cluster, port: number): OwnPostgres {
  const { program, data, ids } = cluster
  let running: { readonly child: ChildProcess; readonly ready: Promise<void> } | null = null
  let stopping: Promise<unknown> = Promise.resolve()
  const run = (): NonNullable<typeof running> => {
    const flags = [...FLAGS, `port=${port}`].flatMap((flag) => ['-c', flag])
    // What it says about being ready is looked for in English.
    const env = { ...process.env, LC_MESSAGES: 'C' }
    const child = spawn(program, ['-D', data, ...flags], { ...ids, env, stdio: ['ignore', 'ignore', 'pipe'] })
    const ready = new Promise<void>((resolve, reject) => {
      let said = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-4000)
        if (READY.test(said)) resolve()
      })
      child.once('error', reject)
      child.once('exit', () => reject(new Error(`The server did not start: ${said}`)))
    })
    return { child, ready }
  }
  const start = async (): Promise<void> => {
    await stopping
    running ??= run()
    await running.ready
  }
  const stop = async (mode: StopMode): Promise<void> => {
    if (running !== null) {
      const { child } = running
      running = null
      stopping = once(child, 'exit')
      child.kill(SIGNALS[mode])
    }
    await stopping
  }
  onTestFinished(() => stop('immediate'))
  const makeStandby = async (): Promise<OwnPostgres> => {
    await stop('fast')
    const copy = join(newServerFolder(), 'data')
    execFileSync('cp', ['-a', data, copy])
    await start()
    writeFileSync(join(copy, 'standby.signal'), '')
    const primary = `host=127.0.0.1 port=${port} user=postgres password=postgres application_name=standby`
    appendFileSync(join(copy, 'postgresql.auto.conf'), `primary_conninfo = '${primary}'\n`)
    return runnable({ ...cluster, data: copy }, await freePort())
  }
  return { url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`, port, start, stop, makeStandby }
}
