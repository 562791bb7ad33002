/**
 * A statement file taken back whole: its sections and where it showed lines go, lines that no other file shows count no
 * more, and the file itself can be imported again. Its bytes stay in the log, and who took it back is kept.
 */
import { sql, type Insertable, type Kysely, type Selectable } from 'kysely'
import { readInChunks } from '../../db/chunks.ts'
import type { StatementUndoTable } from '../../db/statement-tables.ts'
import type { Tables } from '../../db/tables.ts'
import type { Evidence } from '../../domain/transaction.ts'
import type { StatementFile } from './files.ts'
import type { NewRow } from './save-statement.ts'

const LINES_PER_UPDATE = 400

export type StatementUndo = Selectable<StatementUndoTable>

/** In the order they were taken back. */
export async function listUndone(
  db: Kysely<Tables>,
  book: bigint,
  { account, sha256 = '' }: { readonly account?: bigint; readonly sha256?: string } = {},
): Promise<readonly StatementUndo[]> {
  let query = db
    .selectFrom('statement_undo')
    .selectAll()
    .where('book', '=', book)
    // Letters and digits only, so there is nothing in it that a pattern would read.
    .where('sha256', 'like', `${sha256.replaceAll(/[^0-9a-f]/g, '')}%`)
  if (account !== undefined) query = query.where('account', '=', account)
  return query.orderBy('undone_batch').orderBy('undone_item').execute()
}

export interface ShownElsewhere {
  readonly id: bigint
  /** Where a file that stays shows it first. */
  readonly place: Evidence
  readonly section: number
  readonly position: number
}

export interface LinesOfFile {
  /** No other file shows them. */
  readonly gone: readonly bigint[]
  /** Worded as this file words them, and shown by others. */
  readonly kept: readonly ShownElsewhere[]
}

export async function linesOfFile(db: Kysely<Tables>, book: bigint, { batch, item }: Evidence): Promise<LinesOfFile> {
  const [ownBatch, ownItem] = [BigInt(batch), BigInt(item)]
  const lines = await db
    .selectFrom('statement_sighting as seen')
    .innerJoin('statement_line as line', (join) =>
      join.onRef('line.book', '=', 'seen.book').onRef('line.id', '=', 'seen.line'),
    )
    .select(['line.id', 'line.batch', 'line.item'])
    .distinct()
    .where('seen.book', '=', book)
    .where('seen.batch', '=', ownBatch)
    .where('seen.item', '=', ownItem)
    .orderBy('line.id')
    .execute()
  const others = await readInChunks(
    lines.map(({ id }) => id),
    (some) =>
      db
        .selectFrom('statement_sighting')
        .select(['line', 'batch', 'item', 'section', 'position'])
        .where('book', '=', book)
        .where('line', 'in', [...some])
        .where((or) => or.or([or('batch', '!=', ownBatch), or('item', '!=', ownItem)]))
        .orderBy('batch', 'desc')
        .orderBy('item', 'desc')
        .orderBy('section', 'desc')
        .orderBy('position', 'desc')
        .execute(),
  )
  // The first that shows it comes last, and so stays.
  const first = new Map(others.map((row) => [row.line, row]))
  return {
    gone: lines.flatMap(({ id }) => (first.has(id) ? [] : [id])),
    kept: lines.flatMap((line) => {
      const row = line.batch === ownBatch && line.item === ownItem ? first.get(line.id) : undefined
      if (row === undefined) return []
      const place = { batch: Number(row.batch), item: Number(row.item) }
      return [{ id: line.id, place, section: Number(row.section), position: Number(row.position) }]
    }),
  }
}

export interface Word {
  readonly place: Evidence
  readonly by: string
  readonly why: string
  readonly atMs: number
}

/** Before anything of the file goes: the database lets nothing go without it. */
export async function insertUndo(
  db: Kysely<Tables>,
  book: bigint,
  { account, evidence, name, sha256, format, importedAtMs, footing }: StatementFile,
  lines: number,
  { place, by, why, atMs }: Word,
): Promise<void> {
  const row: Insertable<StatementUndoTable> = {
    book,
    batch: BigInt(evidence.batch),
    item: BigInt(evidence.item),
    account,
    name,
    sha256,
    format,
    imported_at_ms: BigInt(importedAtMs),
    footing,
    lines: BigInt(lines),
    undone_batch: BigInt(place.batch),
    undone_item: BigInt(place.item),
    undone_by: by,
    undone_why: why,
    undone_at_ms: BigInt(atMs),
  }
  await db.insertInto('statement_undo').values(row).execute()
}

/** Lines that no file shows any more. Their identity is free for the lines of the next file. */
export async function endLines(db: Kysely<Tables>, book: bigint, ids: readonly bigint[]): Promise<void> {
  for (let at = 0; at < ids.length; at += LINES_PER_UPDATE)
    await db
      .updateTable('statement_line')
      .set({ uncounted: 'undone', identity: sql<string>`'undone:' || cast(id as text)`, occurrence: 1n })
      .where('book', '=', book)
      .where('id', 'in', ids.slice(at, at + LINES_PER_UPDATE))
      .execute()
}

/** As the file that shows it now words it. Its number, day, amount and matches stay. */
export async function rewordLine(db: Kysely<Tables>, book: bigint, id: bigint, row: NewRow, identity: string) {
  const { account, currency, batch, item, section, position, external_id, at_ms, gross, fee, tax } = row
  const { balance, type, raw_type, refs, group_id, counterparty, description } = row
  const last = await db
    .selectFrom('statement_line')
    .select(({ fn }) => fn.max('occurrence').as('occurrence'))
    .where('book', '=', book)
    .where('account', '=', account)
    .where('currency', '=', currency)
    .where('identity', '=', identity)
    .where('id', '!=', id)
    .executeTakeFirst()
  const said = {
    external_id,
    at_ms,
    gross,
    fee,
    tax,
    balance,
    type,
    raw_type,
    refs,
    group_id,
    counterparty,
    description,
  }
  await db
    .updateTable('statement_line')
    .set({ ...said, batch, item, section, position, identity, occurrence: (last?.occurrence ?? 0n) + 1n })
    .where('book', '=', book)
    .where('id', '=', id)
    .execute()
}

/** What was made of the file beside its lines. */
export async function dropFile(db: Kysely<Tables>, book: bigint, { batch, item }: Evidence): Promise<void> {
  for (const table of ['statement_sighting', 'statement_section', 'statement_file'] as const)
    await db
      .deleteFrom(table)
      .where('book', '=', book)
      .where('batch', '=', BigInt(batch))
      .where('item', '=', BigInt(item))
      .execute()
}

/** The next run of the proofs reads the account from its beginning. */
export async function forgetMonths(db: Kysely<Tables>, book: bigint, account: bigint): Promise<void> {
  await db.deleteFrom('cash_month').where('book', '=', book).where('account', '=', account).execute()
}
