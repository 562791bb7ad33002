/**
 * The log: every answer, file, setting and decision, byte for byte and hashed, before anything parses it; not yet
 * connections and what targets answer, which are rows of their own. Records are landed in batches; a batch is later processed and committed as one, so a replay of the log meets the same batches. Each record is
 * chained to the one before (record-hash.ts); bodies stand apart.
 */
import { hash } from 'node:crypto'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { sql, type Kysely } from 'kysely'
import { dialectOf } from '../db/dialect.ts'
import type { LogBodyTable, LogRecordTable } from '../db/evidence-tables.ts'
import type { Tables } from '../db/tables.ts'
import { GENESIS_HASH } from '../domain/byte-writer.ts'
import { InvariantError } from '../domain/errors.ts'
import { recordHash, type RecordFields } from './record-hash.ts'

export type LandingKind =
  | 'settings'
  | 'panel-statuses'
  | 'panel-balance'
  | 'payelancer-stats'
  | 'order-history'
  | 'order-ids'
  | 'order-tags'
  | 'evidence-file'
  | 'fetch-failure'
  | 'target'
  | 'panel-services'
  | 'panel-add'
  | 'panel-request'
  | 'payelancer-campaign'
  | 'webhook'
  | 'statement'
  | 'statement-decision'
  | 'reconcile'
  | 'proofs'
  | 'match-decision'
  | 'exception-decision'
  | 'quarantine-decision'
  | 'rates'
  | ActKind

/** See acts.ts. */
export type ActKind =
  | 'journal'
  | 'journal-hold'
  | 'journal-preparation'
  | 'mapping'
  | 'imported-file'
  | 'target-word'
  | 'hand-out'
  | 'delivery'
  | 'company'
  | 'connection'

export interface NewLanding {
  readonly kind: LandingKind
  /** Name of the source, or '' for what concerns the whole book. */
  readonly source: string
  /** What was asked, without secrets: becomes JSON. */
  readonly request: unknown
  readonly fetchedAtMs: number
  /** Null for what did not come over HTTP. */
  readonly httpStatus: number | null
  readonly contentType: string
  readonly body: Buffer
}

export interface Landed extends Omit<NewLanding, 'kind'> {
  /** Any text: a newer program may have landed kinds this one does not know. */
  readonly kind: string
  readonly batch: number
  readonly item: number
  readonly sha256: Buffer
}

/** Bodies smaller than this do not gain from compression. */
const COMPRESS_FROM_BYTES = 256

/** Lands one batch of items, in order, within the caller's transaction; returns them with their places. */
export async function landBatch(
  db: Kysely<Tables>,
  book: bigint,
  items: readonly NewLanding[],
): Promise<readonly Landed[]> {
  await lockEnd(db, book)
  const end = await logEnd(db, book)
  const landed = items.map((item, index) => ({
    ...item,
    batch: end.batch + 1,
    item: index + 1,
    sha256: hash('sha256', item.body, 'buffer'),
  }))
  await append(db, book, end, landed.map(toRecord))
  for (const each of landed)
    await db
      .insertInto('log_body')
      .values({ ...placeOf(book, each), ...stored(each.body) })
      .execute()
  return landed
}

/** An act is landed while a run goes on: nobody else lands until the transaction ends. SQLite has one writer anyway. */
async function lockEnd(db: Kysely<Tables>, book: bigint): Promise<void> {
  if (dialectOf(db) === 'postgres') await sql`select seq from head where book = ${book} for update`.execute(db)
}

function placeOf(book: bigint, { batch, item }: { readonly batch: number; readonly item: number }) {
  return { book, batch: BigInt(batch), item: BigInt(item) }
}

type NewRecord = Omit<LogRecordTable, 'book' | 'hash'>

function toRecord(each: Landed): NewRecord {
  return {
    batch: BigInt(each.batch),
    item: BigInt(each.item),
    kind: each.kind,
    source: each.source,
    request: JSON.stringify(each.request),
    at_ms: BigInt(each.fetchedAtMs),
    http_status: each.httpStatus === null ? null : BigInt(each.httpStatus),
    content_type: each.contentType,
    body_bytes: BigInt(each.body.length),
    body_sha256: each.sha256,
  }
}

function stored(body: Buffer): { readonly encoding: 'identity' | 'zstd'; readonly body: Buffer } {
  return body.length >= COMPRESS_FROM_BYTES
    ? { encoding: 'zstd', body: zstdCompressSync(body) }
    : { encoding: 'identity', body }
}

/** Where the log of a book ends, and what its next record follows. */
interface LogEnd {
  readonly name: string
  /** 0 when nothing has landed. */
  readonly batch: number
  readonly hash: Buffer
}

async function logEnd(db: Kysely<Tables>, book: bigint): Promise<LogEnd> {
  const { name } = await db.selectFrom('book').select('name').where('id', '=', book).executeTakeFirstOrThrow()
  const last = await lastRecord(db, book)
  if (last === undefined) return { name, batch: 0, hash: GENESIS_HASH }
  return { name, batch: Number(last.batch), hash: last.hash }
}

async function lastRecord(db: Kysely<Tables>, book: bigint, through?: number) {
  return db
    .selectFrom('log_record')
    .select(['batch', 'item', 'hash'])
    .where('book', '=', book)
    .$if(through !== undefined, (query) => query.where('batch', '<=', BigInt(through ?? 0)))
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
}

async function append(db: Kysely<Tables>, book: bigint, { name, hash: end }: LogEnd, records: readonly NewRecord[]) {
  let previous: Uint8Array = end
  for (const record of records) {
    const chained = recordHash(previous, fieldsOf(name, record))
    await db
      .insertInto('log_record')
      .values({ book, ...record, hash: chained })
      .execute()
    previous = chained
  }
}

function fieldsOf(book: string, record: NewRecord): RecordFields {
  return {
    book,
    batch: Number(record.batch),
    item: Number(record.item),
    kind: record.kind,
    source: record.source,
    request: record.request,
    atMs: Number(record.at_ms),
    httpStatus: record.http_status === null ? null : Number(record.http_status),
    contentType: record.content_type,
    bodyBytes: Number(record.body_bytes),
    bodySha256: record.body_sha256,
  }
}

const PAGE = 1000

/** All records of a book in their order, a page at a time. */
async function* recordsOf(db: Kysely<Tables>, book: bigint): AsyncGenerator<Omit<LogRecordTable, 'book'>> {
  let after = { batch: 0n, item: 0n }
  for (;;) {
    const page = await db
      .selectFrom('log_record')
      .selectAll()
      .where('book', '=', book)
      .where(sql<boolean>`(batch, item) > (${after.batch}, ${after.item})`)
      .orderBy('batch')
      .orderBy('item')
      .limit(PAGE)
      .execute()
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    after = last
  }
}

/** 0 when nothing has landed. */
export async function lastLandedBatch(db: Kysely<Tables>, book: bigint): Promise<number> {
  const last = await lastRecord(db, book)
  return last === undefined ? 0 : Number(last.batch)
}

/** The head of the log: "12.3" and lower-case hex. */
export interface LogHead {
  readonly place: string
  readonly hash: string
}

/** Null for an empty log. With `through`, as it was when that batch was the last. */
export async function logHead(db: Kysely<Tables>, book: bigint, through?: number): Promise<LogHead | null> {
  const last = await lastRecord(db, book, through)
  return last === undefined ? null : { place: `${last.batch}.${last.item}`, hash: last.hash.toString('hex') }
}

/** Undefined where nothing is. */
export async function recordAt(db: Kysely<Tables>, book: bigint, { batch, item }: Place) {
  return db
    .selectFrom('log_record')
    .select('hash')
    .where('book', '=', book)
    .where('batch', '=', BigInt(batch))
    .where('item', '=', BigInt(item))
    .executeTakeFirst()
}

/** The items of one batch in order; empty when there is no such batch. */
export async function readBatch(db: Kysely<Tables>, book: bigint, batch: number): Promise<readonly Landed[]> {
  const rows = await storedBatch(db, book, batch)
  return rows.map((row) => ({
    batch,
    item: Number(row.item),
    kind: row.kind,
    source: row.source,
    request: JSON.parse(row.request) as unknown,
    fetchedAtMs: Number(row.at_ms),
    httpStatus: row.http_status === null ? null : Number(row.http_status),
    contentType: row.content_type,
    body: bodyOf(row),
    sha256: row.body_sha256,
  }))
}

async function storedBatch(db: Kysely<Tables>, book: bigint, batch: number) {
  return db
    .selectFrom('log_record as record')
    .leftJoin('log_body as body', (join) =>
      join
        .onRef('body.book', '=', 'record.book')
        .onRef('body.batch', '=', 'record.batch')
        .onRef('body.item', '=', 'record.item'),
    )
    .selectAll('record')
    .select(['body.encoding', 'body.body'])
    .where('record.book', '=', book)
    .where('record.batch', '=', BigInt(batch))
    .orderBy('record.item')
    .execute()
}

interface StoredBody {
  readonly batch: bigint
  readonly item: bigint
  readonly encoding: 'identity' | 'zstd' | null
  readonly body: Buffer | null
}

/** Throws InvariantError for a record whose body is gone: what it said is not nothing. */
function bodyOf(row: StoredBody): Buffer {
  if (row.body === null) {
    const message = `Landing batch ${row.batch}, item ${row.item} has lost its body.`
    throw new InvariantError('LOG_BODY_MISSING', message, 'Run tieout ledger verify, and restore a backup.')
  }
  return row.encoding === 'zstd' ? zstdDecompressSync(row.body) : row.body
}

/** Copies one batch byte for byte to the end of another database's book; returns its items. Throws InvariantError where it has gaps. */
export async function copyBatch(
  from: { readonly db: Kysely<Tables>; readonly book: bigint },
  into: { readonly db: Kysely<Tables>; readonly book: bigint },
  batch: number,
): Promise<readonly Landed[]> {
  const rows = await storedBatch(from.db, from.book, batch)
  if (rows.length === 0 || rows.some(({ item, body }, index) => item !== BigInt(index + 1) || body === null)) {
    const message = `Landing batch ${batch} is not whole: a record or a body of it is gone.`
    throw new InvariantError('LOG_GAP', message, 'Run tieout ledger verify on the original, and restore a backup.')
  }
  const records = rows.map(({ book: _book, hash: _hash, encoding: _encoding, body: _body, ...record }) => record)
  await append(into.db, into.book, await logEnd(into.db, into.book), records)
  for (const { item, encoding, body } of rows)
    if (encoding !== null && body !== null)
      await into.db
        .insertInto('log_body')
        .values({ book: into.book, batch: BigInt(batch), item, encoding, body })
        .execute()
  return readBatch(into.db, into.book, batch)
}

export interface LandingFinding {
  readonly code: 'LANDING_CHANGED' | 'LANDING_GAP' | 'LOG_CHAIN'
  readonly batch: number
  readonly item: number
  readonly sentence: string
}

/**
 * Proves the log from nothing but its rows: no place is missing up to the last record that was landed or processed, each
 * follows the one before, and each body is what its record says. Streams.
 */
export async function* verifyLanding(db: Kysely<Tables>, book: bigint): AsyncGenerator<LandingFinding> {
  const { name } = await db.selectFrom('book').select('name').where('id', '=', book).executeTakeFirstOrThrow()
  // Read before the records: what is landed and processed meanwhile is no gap.
  const done = await db.selectFrom('processed').select('batch').where('book', '=', book).executeTakeFirst()
  let before: Place = { batch: 0, item: 0 }
  let bodies: ReadonlyMap<bigint, KeptBody> = new Map()
  let previous: Buffer = GENESIS_HASH
  for await (const record of recordsOf(db, book)) {
    const place = { batch: Number(record.batch), item: Number(record.item) }
    yield* gapsBetween(before, place)
    const computed = recordHash(previous, fieldsOf(name, record))
    if (!record.hash.equals(computed)) {
      const sentence = `Landing batch ${place.batch}, item ${place.item} does not follow from the record before it.`
      yield { code: 'LOG_CHAIN', ...place, sentence }
    }
    // As it stands, so that one changed record is one finding.
    previous = record.hash
    if (place.batch !== before.batch) bodies = await bodiesOf(db, book, record.batch)
    if (!isIntact(record, bodies.get(record.item))) {
      const sentence = `The body of landing batch ${place.batch}, item ${place.item} no longer has the length and SHA-256 it was landed with.`
      yield { code: 'LANDING_CHANGED', ...place, sentence }
    }
    before = place
  }
  const next = { batch: Math.max(before.batch, Number(done?.batch ?? 0n)) + 1, item: 1 }
  yield* gapsBetween(before, next)
}

interface Place {
  readonly batch: number
  readonly item: number
}

/** What is missing between one record and the one found next: rest of a batch, whole batches, the beginning of one. */
function* gapsBetween(before: Place, next: Place): Iterable<LandingFinding> {
  for (let batch = before.batch + 1; batch < next.batch; batch += 1)
    yield { code: 'LANDING_GAP', batch, item: 0, sentence: `Landing batch ${batch} is missing.` }
  const item = next.batch === before.batch ? before.item + 1 : 1
  if (next.item === item) return
  yield { code: 'LANDING_GAP', batch: next.batch, item, sentence: `Landing batch ${next.batch} has no item ${item}.` }
}

/** What is kept of a batch's bodies, by item. */
async function bodiesOf(db: Kysely<Tables>, book: bigint, batch: bigint): Promise<ReadonlyMap<bigint, KeptBody>> {
  const rows = await db
    .selectFrom('log_body')
    .select(['item', 'encoding', 'body'])
    .where('book', '=', book)
    .where('batch', '=', batch)
    .execute()
  return new Map(rows.map((row) => [row.item, row]))
}

type KeptBody = Pick<LogBodyTable, 'encoding' | 'body'>

function isIntact({ body_bytes, body_sha256 }: NewRecord, kept: KeptBody | undefined): boolean {
  if (kept === undefined) return false
  try {
    const bytes = kept.encoding === 'zstd' ? zstdDecompressSync(kept.body) : kept.body
    return BigInt(bytes.length) === body_bytes && hash('sha256', bytes, 'buffer').equals(body_sha256)
  } catch {
    // A body that cannot even be decompressed has been changed.
    return false
  }
}
