/**
 * The raw landing: every answer, file and setting, byte for byte and hashed, before anything parses it. Rows are landed
 * in batches; a batch is later processed and committed as one, so a replay of the landing meets the same batches.
 */
import { hash } from 'node:crypto'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'

export type LandingKind =
  | 'settings'
  | 'panel-statuses'
  | 'panel-balance'
  | 'payelancer-stats'
  | 'counter-decision'
  | 'refund-rule'
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
  | 'conversion-day'
  | 'statement'
  | 'statement-decision'
  | 'reconcile'
  | 'proofs'
  | 'match-decision'
  | 'exception-decision'
  | 'quarantine-decision'
  | 'rates'

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

/** Lands one batch of items, in order, in one statement per item within the caller's transaction; returns them with their places. */
export async function landBatch(
  db: Kysely<Tables>,
  book: bigint,
  items: readonly NewLanding[],
): Promise<readonly Landed[]> {
  const batch = (await lastLandedBatch(db, book)) + 1
  const landed = items.map((item, index) => ({
    ...item,
    batch,
    item: index + 1,
    sha256: hash('sha256', item.body, 'buffer'),
  }))
  for (const each of landed) await db.insertInto('landing').values(toRow(book, each)).execute()
  return landed
}

function toRow(book: bigint, each: Landed) {
  const compressed = each.body.length >= COMPRESS_FROM_BYTES
  return {
    book,
    batch: BigInt(each.batch),
    item: BigInt(each.item),
    kind: each.kind,
    source: each.source,
    request: JSON.stringify(each.request),
    fetched_at_ms: BigInt(each.fetchedAtMs),
    http_status: each.httpStatus === null ? null : BigInt(each.httpStatus),
    content_type: each.contentType,
    encoding: compressed ? ('zstd' as const) : ('identity' as const),
    body: compressed ? zstdCompressSync(each.body) : each.body,
    body_bytes: BigInt(each.body.length),
    body_sha256: each.sha256,
  }
}

/** 0 when nothing has landed. */
export async function lastLandedBatch(db: Kysely<Tables>, book: bigint): Promise<number> {
  const row = await db
    .selectFrom('landing')
    .select('batch')
    .where('book', '=', book)
    .orderBy('batch', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? 0 : Number(row.batch)
}

/** The items of one batch in order; empty when there is no such batch. */
export async function readBatch(db: Kysely<Tables>, book: bigint, batch: number): Promise<readonly Landed[]> {
  const rows = await db
    .selectFrom('landing')
    .selectAll()
    .where('book', '=', book)
    .where('batch', '=', BigInt(batch))
    .orderBy('item')
    .execute()
  return rows.map((row) => ({
    batch,
    item: Number(row.item),
    kind: row.kind,
    source: row.source,
    request: JSON.parse(row.request) as unknown,
    fetchedAtMs: Number(row.fetched_at_ms),
    httpStatus: row.http_status === null ? null : Number(row.http_status),
    contentType: row.content_type,
    body: row.encoding === 'zstd' ? zstdDecompressSync(row.body) : row.body,
    sha256: row.body_sha256,
  }))
}

/** Copies one batch byte for byte into another database's book; returns its items. */
export async function copyBatch(
  from: { readonly db: Kysely<Tables>; readonly book: bigint },
  into: { readonly db: Kysely<Tables>; readonly book: bigint },
  batch: number,
): Promise<readonly Landed[]> {
  const rows = await from.db
    .selectFrom('landing')
    .selectAll()
    .where('book', '=', from.book)
    .where('batch', '=', BigInt(batch))
    .orderBy('item')
    .execute()
  for (const row of rows)
    await into.db
      .insertInto('landing')
      .values({ ...row, book: into.book })
      .execute()
  return readBatch(into.db, into.book, batch)
}

export interface LandingFinding {
  readonly code: 'LANDING_CHANGED' | 'LANDING_GAP'
  readonly batch: number
  readonly item: number
  readonly sentence: string
}

/**
 * Recomputes the hash of every landed body and looks for missing batches and items, up to the last one that was landed or
 * processed. Streams one batch at a time.
 */
export async function* verifyLanding(db: Kysely<Tables>, book: bigint): AsyncGenerator<LandingFinding> {
  const done = await db.selectFrom('processed').select('batch').where('book', '=', book).executeTakeFirst()
  const last = Math.max(await lastLandedBatch(db, book), Number(done?.batch ?? 0n))
  for (let batch = 1; batch <= last; batch += 1) {
    const items = await readBatchUnchecked(db, book, batch)
    if (items.length === 0) {
      yield { code: 'LANDING_GAP', batch, item: 0, sentence: `Landing batch ${batch} is missing.` }
    }
    for (const [index, each] of items.entries()) {
      if (each.item !== index + 1) {
        const sentence = `Landing batch ${batch} has no item ${index + 1}.`
        yield { code: 'LANDING_GAP', batch, item: index + 1, sentence }
        break
      }
      if (!each.intact) {
        const sentence = `The body of landing batch ${batch}, item ${each.item} no longer has the length and SHA-256 it was landed with.`
        yield { code: 'LANDING_CHANGED', batch, item: each.item, sentence }
      }
    }
  }
}

async function readBatchUnchecked(db: Kysely<Tables>, book: bigint, batch: number) {
  const rows = await db
    .selectFrom('landing')
    .select(['item', 'encoding', 'body', 'body_bytes', 'body_sha256'])
    .where('book', '=', book)
    .where('batch', '=', BigInt(batch))
    .orderBy('item')
    .execute()
  return rows.map((row) => ({ item: Number(row.item), intact: isIntact(row) }))
}

interface StoredBody {
  readonly encoding: 'identity' | 'zstd'
  readonly body: Buffer
  readonly body_bytes: bigint
  readonly body_sha256: Buffer
}

function isIntact({ encoding, body, body_bytes, body_sha256 }: StoredBody): boolean {
  try {
    const bytes = encoding === 'zstd' ? zstdDecompressSync(body) : body
    return BigInt(bytes.length) === body_bytes && hash('sha256', bytes, 'buffer').equals(body_sha256)
  } catch {
    // A body that cannot even be decompressed has been changed.
    return false
  }
}
