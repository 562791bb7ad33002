/**
 * The exceptions queue in the database. Raising one that is open only refreshes it; one that was closed opens again.
 * Closing happens when the evidence arrives, in the same transaction as the posting that settles it.
 */
import { sql, type ExpressionBuilder, type Kysely, type Selectable } from 'kysely'
import type { ExceptionTable } from '../db/exception-tables.ts'
import { readInChunks } from '../db/chunks.ts'
import type { Tables } from '../db/tables.ts'
import { abs, type Units } from '../domain/money/money.ts'
import type { ExceptionCode } from '../domain/exception.ts'
import type { Evidence } from '../domain/transaction.ts'
import { writeEvents } from './exceptions/events.ts'

const OBJECTS_PER_QUERY = 500

export interface StoredException {
  /** It keeps it for ever: people say E-12. */
  readonly number: number
  readonly source: string
  readonly code: string
  readonly object: string
  readonly status: 'open' | 'closed'
  readonly amount: Units | null
  readonly currency: string | null
  readonly detail: string
  readonly firstSeenMs: number
  /** When it was opened, or opened again: its age counts from here. */
  readonly openedMs: number
  readonly lastSeenMs: number
  readonly closedAtMs: number | null
  readonly evidence: Evidence
  /** Whom a person gave it to; null: whom the configuration names. */
  readonly owner: string | null
  /** How a person resolved it; null while open and for what the evidence closed. */
  readonly resolution: string | null
}

/** Which exceptions of a source are spoken of. */
export interface ExceptionScope {
  /** All codes by default. */
  readonly codes?: readonly ExceptionCode[]
  /** These objects, or all of which it is true; a list costs what is listed, not what is open. */
  readonly about: readonly string[] | ((object: string) => boolean)
  /** Only what was last raised by an earlier batch of the log: clocks may be wrong, the log's order is not. */
  readonly raisedBeforeBatch?: number
}

export interface ExceptionWithin {
  readonly number: bigint
  readonly code: string
  readonly object: string
  readonly status: 'open' | 'closed'
  readonly amount: Units | null
  readonly detail: string
}

/** What is open within a scope, and what a person has closed there for as long as its facts stand. */
export async function exceptionsWithin(
  db: Kysely<Tables>,
  book: bigint,
  source: string,
  scope: ExceptionScope,
): Promise<readonly ExceptionWithin[]> {
  const { about } = scope
  if (typeof about === 'function') {
    const rows = await selectWithin(db, book, source, scope, null)
    return rows.filter(({ object }) => about(object))
  }
  return readInChunks(about, (some) => selectWithin(db, book, source, scope, some))
}

async function selectWithin(
  db: Kysely<Tables>,
  book: bigint,
  source: string,
  { codes, raisedBeforeBatch }: ExceptionScope,
  objects: readonly string[] | null,
): Promise<readonly ExceptionWithin[]> {
  const within = db
    .selectFrom('exception')
    .select(['number', 'code', 'object', 'status', 'amount', 'detail'])
    .where('book', '=', book)
    .where('source', '=', source)
    .$if(codes !== undefined, (query) => query.where('code', 'in', [...(codes ?? [])]))
    .$if(objects !== null, (query) => query.where('object', 'in', [...(objects ?? [])]))
    .$if(raisedBeforeBatch !== undefined, (query) => query.where('evidence_batch', '<', BigInt(raisedBeforeBatch ?? 0)))
    .orderBy('number')
  // Written out, and each by itself, or SQLite could not tell that an index of its own answers it.
  const open = await within.where('status', '=', sql.lit('open')).execute()
  const resolved = await within.where('resolved_facts', 'is not', null).execute()
  return [...open, ...resolved]
}

/** Closes those that are open. What a person had resolved is over too: should it come again, it opens again. */
export async function closeExceptions(
  db: Kysely<Tables>,
  book: bigint,
  over: readonly ExceptionWithin[],
  at: { readonly evidence: Evidence | null; readonly ms: number },
): Promise<void> {
  const numbers = over.map(({ number }) => number)
  for (let from = 0; from < numbers.length; from += OBJECTS_PER_QUERY) {
    await closeSome(db, book, numbers.slice(from, from + OBJECTS_PER_QUERY), at)
  }
}

async function closeSome(
  db: Kysely<Tables>,
  book: bigint,
  numbers: readonly bigint[],
  at: { readonly evidence: Evidence | null; readonly ms: number },
): Promise<void> {
  const these = db.updateTable('exception').where('book', '=', book).where('number', 'in', numbers)
  await these.set({ resolved_facts: null }).where('resolved_facts', 'is not', null).execute()
  const closed = await these
    .set((exception) => ({
      status: 'closed',
      closed_at_ms: BigInt(at.ms),
      events: exception('events', '+', 1n),
    }))
    .where('status', '=', 'open')
    .returning(['number as exception', 'events as n', 'amount', 'currency', 'detail', 'owner'])
    .execute()
  const events = closed
    .toSorted((a, b) => Number(a.exception - b.exception))
    .map((each) => ({ ...each, event: 'closed' as const, status: 'closed' as const }))
  await writeEvents(db, book, events, at)
}

/**
 * Objects of a source with an open exception of one of these codes; only among `among`, when given, which is the way to
 * ask from a batch: the cost then follows the batch and not what is open.
 */
export async function openObjects(
  db: Kysely<Tables>,
  book: bigint,
  source: string,
  codes: readonly ExceptionCode[],
  among?: readonly string[],
): Promise<ReadonlySet<string>> {
  const open = db
    .selectFrom('exception')
    .select('object')
    .where('book', '=', book)
    .where('source', '=', source)
    // Written out, or SQLite could not tell that the index of open ones answers it.
    .where('status', '=', sql.lit('open'))
    .where('code', 'in', [...codes])
  if (among === undefined) return new Set((await open.execute()).map((row) => row.object))
  const found = new Set<string>()
  for (let at = 0; at < among.length; at += OBJECTS_PER_QUERY) {
    const rows = await open.where('object', 'in', among.slice(at, at + OBJECTS_PER_QUERY)).execute()
    for (const { object } of rows) found.add(object)
  }
  return found
}

export interface ExceptionFilter {
  readonly status?: 'open' | 'closed'
  readonly source?: string
  readonly code?: string
  readonly object?: string
}

/** Exceptions by source, code and object; open ones first when both are asked for. */
export async function listExceptions(
  db: Kysely<Tables>,
  book: bigint,
  filter: ExceptionFilter = {},
): Promise<readonly StoredException[]> {
  let query = db.selectFrom('exception').selectAll().select(lastOpening).where('book', '=', book)
  if (filter.status !== undefined) query = query.where('status', '=', filter.status)
  if (filter.source !== undefined) query = query.where('source', '=', filter.source)
  if (filter.code !== undefined) query = query.where('code', '=', filter.code)
  if (filter.object !== undefined) query = query.where('object', '=', filter.object)
  const rows = await query.orderBy('status', 'desc').orderBy('source').orderBy('code').orderBy('object').execute()
  return rows.map(toStored)
}

/** Null when the book has no exception of that number. */
export async function exceptionNumbered(
  db: Kysely<Tables>,
  book: bigint,
  number: number,
): Promise<StoredException | null> {
  const row = await db
    .selectFrom('exception')
    .selectAll()
    .select(lastOpening)
    .where('book', '=', book)
    .where('number', '=', BigInt(number))
    .executeTakeFirst()
  return row === undefined ? null : toStored(row)
}

/** Null when nothing of the kind was ever raised. */
export async function exceptionAbout(
  db: Kysely<Tables>,
  book: bigint,
  { source, code, object }: { readonly source: string; readonly code: string; readonly object: string },
): Promise<StoredException | null> {
  const row = await db
    .selectFrom('exception')
    .selectAll()
    .select(lastOpening)
    .where('book', '=', book)
    .where('source', '=', source)
    .where('code', '=', code)
    .where('object', '=', object)
    .executeTakeFirst()
  return row === undefined ? null : toStored(row)
}

/** As `opened_ms`, of a row of `exception`. */
export function lastOpening(row: ExpressionBuilder<Tables, 'exception'>) {
  return row
    .selectFrom('exception_event as opening')
    .select(({ fn }) => fn.max('opening.at_ms').as('at'))
    .whereRef('opening.book', '=', 'exception.book')
    .whereRef('opening.exception', '=', 'exception.number')
    .where('opening.event', 'in', ['opened', 'reopened'])
    .as('opened_ms')
}

function toStored(row: Selectable<ExceptionTable> & { readonly opened_ms: bigint | null }): StoredException {
  return {
    number: Number(row.number),
    source: row.source,
    code: row.code,
    object: row.object,
    status: row.status,
    amount: row.amount,
    currency: row.currency,
    detail: row.detail,
    firstSeenMs: Number(row.first_seen_ms),
    openedMs: Number(row.opened_ms ?? row.first_seen_ms),
    lastSeenMs: Number(row.last_seen_ms),
    closedAtMs: row.closed_at_ms === null ? null : Number(row.closed_at_ms),
    evidence: { batch: Number(row.evidence_batch), item: Number(row.evidence_item) },
    owner: row.owner,
    resolution: row.resolution,
  }
}

export interface ExceptionGroup {
  readonly source: string
  readonly code: string
  readonly currency: string | null
  readonly count: number
  /** Sum of the known magnitudes; null when none is known, which is not zero. */
  readonly amount: Units | null
  /** How many of `count` have no known amount. */
  readonly unknown: number
}

/**
 * Open exceptions counted by source, code and currency: what a summary prints. Those without an amount are counted with
 * the source's others of that code, so that a code is not printed twice for want of a figure.
 */
export function groupExceptions(exceptions: readonly StoredException[]): readonly ExceptionGroup[] {
  const currencies = new Map<string, string>()
  for (const { source, code, currency } of exceptions) {
    if (currency !== null && !currencies.has(keyOf(source, code))) currencies.set(keyOf(source, code), currency)
  }
  const groups = new Map<string, ExceptionGroup>()
  for (const { source, code, currency: own, amount } of exceptions) {
    const currency = own ?? currencies.get(keyOf(source, code)) ?? null
    const key = keyOf(source, code, currency ?? '')
    const before = groups.get(key) ?? { source, code, currency, count: 0, amount: null, unknown: 0 }
    const counted = { ...before, count: before.count + 1 }
    groups.set(
      key,
      amount === null
        ? { ...counted, unknown: before.unknown + 1 }
        : { ...counted, amount: (before.amount ?? 0n) + abs(amount) },
    )
  }
  return [...groups.values()]
}

function keyOf(...parts: readonly string[]): string {
  return parts.join('\u0000')
}
