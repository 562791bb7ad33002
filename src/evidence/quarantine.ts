/**
 * What was set aside: rows and answers that could not be read. Each is kept with its place in the landing and waits, until
 * a later good answer says the same thing or a person has it read again or closes it. What ended stays, and says how.
 */
import type { Kysely, Selectable, Transaction } from 'kysely'
import type { QuarantineTable } from '../db/evidence-tables.ts'
import type { Tables } from '../db/tables.ts'
import type { Evidence } from '../domain/transaction.ts'
import { readBatch, type Landed } from '../log/landing.ts'

export type RowEnd = NonNullable<QuarantineTable['ended']>

export interface Quarantined extends Evidence {
  /** Of the file or the answer; 0 for all of it. */
  readonly line: number
  /** '' for a row of a file that names no source of the book. */
  readonly source: string
  /** The file with line and column, or what an answer was about. */
  readonly object: string
  readonly reason: string
  /** The object of the exception that tells of it; '' when none does. */
  readonly about: string
  /** UTC milliseconds. */
  readonly landedAtMs: number
  /** Null while it waits. */
  readonly ended: EndedRow | null
}

interface EndedRow {
  readonly as: RowEnd
  readonly atMs: number
  /** Null where evidence ended it. */
  readonly by: string | null
  readonly why: string | null
}

/** Which rows a person means: one, or with `line` null all of a landed item. */
export interface RowName extends Evidence {
  readonly line: number | null
}

/** "4.1.17", or "4.1" for what concerns the whole item. */
export function rowNameOf({ batch, item, line }: RowName): string {
  return line === null || line === 0 ? `${batch}.${item}` : `${batch}.${item}.${line}`
}

export interface QuarantineFilter {
  readonly source?: string
  readonly row?: RowName
  readonly show: 'waiting' | 'all'
  readonly limit?: number
}

/** Newest first. */
export async function listQuarantined(
  db: Kysely<Tables>,
  book: bigint,
  { source, row, show, limit }: QuarantineFilter,
): Promise<readonly Quarantined[]> {
  let query = db
    .selectFrom('quarantine as q')
    .innerJoin('log_record as l', (join) =>
      join.onRef('l.book', '=', 'q.book').onRef('l.batch', '=', 'q.batch').onRef('l.item', '=', 'q.item'),
    )
    .selectAll('q')
    .select('l.at_ms')
    .where('q.book', '=', book)
  if (source !== undefined) query = query.where('q.source', '=', source)
  if (show === 'waiting') query = query.where('q.ended', 'is', null)
  if (row !== undefined) {
    query = query.where('q.batch', '=', BigInt(row.batch)).where('q.item', '=', BigInt(row.item))
    if (row.line !== null) query = query.where('q.line', '=', BigInt(row.line))
  }
  if (limit !== undefined) query = query.limit(limit)
  const rows = await query.orderBy('q.batch', 'desc').orderBy('q.item', 'desc').orderBy('q.line', 'desc').execute()
  return rows.map((each) => toQuarantined(each, Number(each.at_ms)))
}

function toQuarantined(row: Selectable<QuarantineTable>, landedAtMs: number): Quarantined {
  const { source, object, reason, about, ended, ended_at_ms, ended_by, ended_why } = row
  return {
    batch: Number(row.batch),
    item: Number(row.item),
    line: Number(row.line),
    source,
    object,
    reason,
    about,
    landedAtMs,
    ended: ended === null ? null : { as: ended, atMs: Number(ended_at_ms ?? 0n), by: ended_by, why: ended_why },
  }
}

/** Rows that name no source of the book, so that no list of one source can show them. */
export async function countWithoutSource(db: Kysely<Tables>, book: bigint): Promise<bigint> {
  const { count } = await db
    .selectFrom('quarantine')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('book', '=', book)
    .where('source', '=', '')
    .where('ended', 'is', null)
    .executeTakeFirstOrThrow()
  return count
}

/** Rows that waited once the landing was processed up to this batch. */
export async function countWaitingAt(db: Kysely<Tables>, book: bigint, batch: number): Promise<number> {
  const { count } = await db
    .selectFrom('quarantine')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('book', '=', book)
    .where('batch', '<=', BigInt(batch))
    .where((row) => row.or([row('ended', 'is', null), row('ended_batch', '>', BigInt(batch))]))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** What ends rows: evidence, or a person, with `by` and `why`. */
export interface Ending {
  readonly as: RowEnd
  readonly evidence: Evidence
  readonly atMs: number
  readonly by?: string
  readonly why?: string
}

/** Ends what waits about an object of a source and was set aside by an earlier batch. */
export async function endAbout(
  db: Transaction<Tables>,
  book: bigint,
  { source, about }: Pick<Quarantined, 'source' | 'about'>,
  ending: Ending,
): Promise<void> {
  await db
    .updateTable('quarantine')
    .set(endedBy(ending))
    .where('book', '=', book)
    .where('source', '=', source)
    .where('about', '=', about)
    .where('ended', 'is', null)
    .where('batch', '<', BigInt(ending.evidence.batch))
    .execute()
}

/** Ends one row, which waits. */
export async function endRow(
  db: Transaction<Tables>,
  book: bigint,
  { batch, item, line }: Quarantined,
  ending: Ending,
): Promise<void> {
  await db
    .updateTable('quarantine')
    .set(endedBy(ending))
    .where('book', '=', book)
    .where('batch', '=', BigInt(batch))
    .where('item', '=', BigInt(item))
    .where('line', '=', BigInt(line))
    .where('ended', 'is', null)
    .execute()
}

function endedBy({ as, evidence, atMs, by, why }: Ending) {
  return {
    ended: as,
    ended_batch: BigInt(evidence.batch),
    ended_item: BigInt(evidence.item),
    ended_at_ms: BigInt(atMs),
    ended_by: by ?? null,
    ended_why: why ?? null,
  }
}

/** True while a row waits about this object. */
export async function isWaitedFor(
  db: Kysely<Tables>,
  book: bigint,
  { source, about }: Pick<Quarantined, 'source' | 'about'>,
): Promise<boolean> {
  const row = await db
    .selectFrom('quarantine')
    .select('line')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('about', '=', about)
    .where('ended', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** A landed item, or null when there is none at this place. */
export async function landedAt(db: Kysely<Tables>, book: bigint, { batch, item }: Evidence): Promise<Landed | null> {
  return (await readBatch(db, book, batch)).find((each) => each.item === item) ?? null
}

export const SHA_SHOWN = 16

/** A statement file that was set aside whole: its name, and what tells its bytes from others. */
export function setAsideName(file: string, sha256: string): string {
  return `${file} (${sha256.slice(0, SHA_SHOWN)})`
}

/** Why exactly these bytes were set aside when they were last imported; null when they were not, or a person closed it. */
export async function whySetAside(
  db: Kysely<Tables>,
  book: bigint,
  account: string,
  sha256: string,
): Promise<string | null> {
  const row = await db
    .selectFrom('quarantine')
    .select('reason')
    .where('book', '=', book)
    .where('source', '=', account)
    .where('object', 'like', `%${setAsideName('', sha256)}`)
    .where('ended', 'is', null)
    .orderBy('batch', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.reason ?? null
}
