/**
 * `ledger verify --rebuild`: every table that follows from the log is made anew in an empty database and compared with the
 * living one, row by row. What somebody changed by SQL outside the chained tables shows here, with its table and row.
 * Both sides are read in the order of their keys, some rows at a time, so that no book is too large for the memory.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Database } from '../db/database.ts'
import { dialectOf } from '../db/dialect.ts'
import type { Tables } from '../db/tables.ts'
import { findBook, type Book } from '../ledger/books.ts'
import type { Findings } from '../ledger/verify/finding.ts'
import { replayBook, type ReplayReport } from './replay.ts'
import type { BookIdentity } from './with-run.ts'

/** Tables that a replay does not make, and why. */
const NOT_DERIVED: readonly (readonly [why: string, tables: string])[] = [
  ['the log itself, which is copied', 'log_record log_body'],
  [
    'what runs did and may do: a replay is none, and asks nobody',
    'run run_step lease schedule schedule_tick rate_slot webhook_cursor webhook_spool webhook_delivery',
  ],
  ['what was sent, and to whom', 'outbox outbox_attempt outbox_payload outbox_target connection target_company_check'],
  ['who was told what, and when', 'alert alert_channel alert_delivery alert_message'],
  ["the engine's own", 'migration'],
]

export function isDerived(table: string): boolean {
  return !NOT_DERIVED.some(([, tables]) => tables.split(' ').includes(table))
}

/** Columns that tell how far delivery is. */
const NOT_COMPARED: ReadonlySet<string> = new Set(['journal.status'])

export interface Rebuilt extends ReplayReport {
  /** Tables that were compared, with or without rows. */
  readonly tables: number
  readonly rows: number
}

/**
 * `newDatabase` opens an empty SQLite database, which holds the book anew afterwards. It is asked for another one when the
 * work is repeated after trouble with a database: a book that is there in part cannot be made again.
 */
export async function verifyRebuilt(
  from: { readonly kysely: Kysely<Tables>; readonly book: Book },
  newDatabase: () => Promise<Database>,
  identity: BookIdentity,
  { findings, ...options }: Parameters<typeof replayBook>[3] & { readonly findings: Findings },
): Promise<Rebuilt> {
  // One moment of the living book: a night that runs meanwhile is no difference.
  const { sentences, ...rebuilt } = await from.kysely
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (moment) => {
      const into = await newDatabase()
      const report = await replayBook({ kysely: moment, book: from.book }, into, identity, options)
      const sentences = [...report.unfit]
      const made = await findBook(into.kysely, identity.name)
      const [living, anew] = [
        { db: moment, book: from.book.id },
        { db: into.kysely, book: made.id },
      ]
      let [tables, rows] = [0, 0]
      for (const table of await tablesOf(into.kysely)) {
        options.signal.throwIfAborted()
        tables += 1
        rows += await compareTable(table, living, anew, (sentence) => sentences.push(sentence))
      }
      return { ...report, tables, rows, sentences }
    })
  for (const sentence of sentences)
    findings.add({ code: 'REBUILD_DIFFERS', book: from.book.name, sequence: null, sentence })
  return rebuilt
}

interface Table {
  readonly name: string
  readonly columns: readonly string[]
  /** In the order of the key; without the book. */
  readonly key: readonly { readonly name: string; readonly isText: boolean }[]
}

interface Side {
  readonly db: Kysely<Tables>
  readonly book: bigint
}

type Row = Readonly<Record<string, unknown>>

/** Tables of a book that follow from its log, as the schema has them. */
async function tablesOf(db: Kysely<Tables>): Promise<readonly Table[]> {
  const { rows } = await sql<{ table: string; column: string; type: string; pk: bigint }>`
    select t.name as "table", c.name as "column", c.type, c.pk
    from sqlite_schema t join pragma_table_info(t.name) c
    where t.type = 'table' and t.name not like 'sqlite_%' order by t.name, c.cid`.execute(db)
  const tables: Table[] = []
  for (const [name, columns] of Map.groupBy(rows, (row) => row.table)) {
    if (!isDerived(name) || !columns.some(({ column }) => column === 'book')) continue
    const keyed = columns
      .filter(({ pk, column }) => pk > 0n && column !== 'book')
      .toSorted((a, b) => Number(a.pk - b.pk))
    const key = keyed.map(({ column, type }) => ({ name: column, isText: type.toUpperCase() === 'TEXT' }))
    tables.push({
      name,
      columns: columns
        .map(({ column }) => column)
        .filter((column) => column !== 'book' && !NOT_COMPARED.has(`${name}.${column}`)),
      key,
    })
  }
  return tables
}

/** How many rows were made anew. */
async function compareTable(table: Table, living: Side, made: Side, say: (sentence: string) => void): Promise<number> {
  const [left, right] = [rowsOf(table, living), rowsOf(table, made)]
  let [one, other] = [await left.next(), await right.next()]
  let count = 0
  while (one.done !== true || other.done !== true) {
    const order = one.done === true ? 1 : other.done === true ? -1 : compareKeys(table, one.value, other.value)
    if (order < 0 && one.done !== true) say(`${placeOf(table, one.value)} is there, and nothing in the log makes it.`)
    if (order > 0 && other.done !== true) say(`${placeOf(table, other.value)} is not there, and the log makes it.`)
    if (order === 0 && one.done !== true && other.done !== true) compareRows(table, one.value, other.value, say)
    if (order >= 0) count += 1
    if (order <= 0) one = await left.next()
    if (order >= 0) other = await right.next()
  }
  return count
}

function compareRows(table: Table, living: Row, made: Row, say: (sentence: string) => void): void {
  for (const column of table.columns) {
    const [is, should] = [textOf(living[column]), textOf(made[column])]
    if (is !== should) say(`${placeOf(table, living)} says ${column} ${is}, and the log makes it ${should}.`)
  }
}

const PAGE = 2_000

async function* rowsOf({ name, key }: Table, { db, book }: Side): AsyncGenerator<Row, undefined> {
  const isPostgres = dialectOf(db) === 'postgres'
  // By bytes on both engines.
  const columns = key.map((each) =>
    isPostgres && each.isText ? sql`${sql.ref(each.name)} collate "C"` : sql.ref(each.name),
  )
  const order = columns.length === 0 ? sql`` : sql`order by ${sql.join(columns)}`
  let last: Row | undefined
  for (;;) {
    const after: RawBuilder<unknown> =
      last === undefined ? sql`` : sql`and (${sql.join(columns)}) > (${sql.join(key.map((each) => last?.[each.name]))})`
    const { rows } = await sql<Row>`
      select * from ${sql.table(name)} where book = ${book} ${after} ${order} limit ${sql.lit(PAGE)}`.execute(db)
    yield* rows
    // A table that the book is the whole key of has one row.
    if (rows.length < PAGE || key.length === 0) return
    last = rows.at(-1)
  }
}

function compareKeys({ key }: Table, a: Row, b: Row): number {
  for (const { name } of key) {
    const order = compareValues(a[name], b[name])
    if (order !== 0) return order
  }
  return 0
}

function compareValues(a: unknown, b: unknown): number {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b))
  // Whole numbers: a bigint compares with a number.
  return (a as bigint) < (b as bigint) ? -1 : (a as bigint) > (b as bigint) ? 1 : 0
}

function placeOf({ name, key }: Table, row: Row): string {
  return `${name} (${key.map((each) => `${each.name} ${textOf(row[each.name])}`).join(', ')})`
}

/** A small number may be a bigint on one engine alone, and bytes come in the class of the driver. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')}`
  return typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'null')
}
