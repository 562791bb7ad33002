/**
 * PostgreSQL itself, compiled to WebAssembly (PGlite), inside of this thread: it answers at once, by functions. Starting
 * one takes seconds, so a thread keeps those it has, and each run begins with the tables as the migrations leave them.
 */
import { PGlite, protocol } from '@electric-sql/pglite'
import { migrate } from '../../../src/db/migrate.ts'
import { openPostgres } from '../../../src/db/postgres.ts'
import { SimSocket } from './postgres-socket.ts'
import { greeting } from './postgres-wire.ts'

export interface PostgresInstance {
  /** Whole requests in, the whole answer out. */
  readonly execute: (request: Buffer) => Buffer
  /** What only the simulation asks; of several statements, the answer of the last. Throws what the server refuses. */
  readonly ask: (sql: string) => Answer
  /** All tables of the books. */
  readonly tables: readonly string[]
  /** For the next run. */
  readonly release: () => void
}

export interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: number }[]
  /** As text, as the server writes it. */
  readonly rows: readonly (readonly (string | null)[])[]
}

const idle: PostgresInstance[] = []

export async function claimPostgres(): Promise<PostgresInstance> {
  const instance = idle.pop() ?? (await start())
  beginAnew(instance)
  return instance
}

async function start(): Promise<PostgresInstance> {
  const server = await PGlite.create()
  const execute = (request: Buffer): Buffer => Buffer.from(server.execProtocolRawSync(request))
  const ask = (sql: string): Answer => answerOf(execute(Buffer.from(protocol.serialize.query(sql))), sql)
  await migrateThrough(execute)
  // The one random value that a migration leaves would make each instance another one.
  ask(`update webhook_spool set token = 'simulated'`)
  const tables = column(ask(`select tablename from pg_tables where schemaname = 'public' order by tablename`))
  ask('create schema migrated')
  for (const table of tables) ask(`create table migrated.${table} as table public.${table}`)
  const instance: PostgresInstance = { execute, ask, tables, release: () => void idle.push(instance) }
  return instance
}

/** By the program itself, over a wire on which nothing goes wrong. */
async function migrateThrough(execute: (request: Buffer) => Buffer): Promise<void> {
  const stream = (): SimSocket =>
    new SimSocket(Date.now, async (request) => (request.kind === 'start' ? greeting(1) : execute(request.bytes)))
  const handle = await openPostgres('postgres://simulated@localhost/books', { readOnly: false }, { stream })
  await migrate(handle, 0)
  await handle.close()
}

/** Whatever a run left behind, an open transaction included. */
function beginAnew({ ask, tables }: PostgresInstance): void {
  ask('rollback')
  ask('discard all')
  // Guards against changes are triggers, which this role does not have.
  ask('set session_replication_role = replica')
  ask(`truncate ${tables.join(', ')}`)
  ask(tables.map((table) => `insert into ${table} table migrated.${table}`).join(';'))
  ask('set session_replication_role = default')
}

function answerOf(bytes: Buffer, sql: string): Answer {
  let columns: Answer['columns'] = []
  const rows: (readonly (string | null)[])[] = []
  new protocol.Parser().parse(bytes, (message) => {
    if (message instanceof protocol.messages.DatabaseError) throw new Error(`${message.message}: ${sql}`)
    if (message instanceof protocol.messages.RowDescriptionMessage)
      columns = message.fields.map(({ name, dataTypeID }) => ({ name, type: dataTypeID }))
    if (message instanceof protocol.messages.DataRowMessage) rows.push(message.fields)
  })
  return { columns, rows }
}

function column({ rows }: Answer): readonly string[] {
  return rows.map(([value]) => value ?? '')
}
