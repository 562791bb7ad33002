/**
 * Reads the outbox as values: rows alone, with what their entries say, or with the exact bytes too. Bytes are only read of
 * what is sent or shown. Writing is in move.ts, move-many.ts and enqueue.ts alone.
 */
import type { Kysely, Selectable } from 'kysely'
import { readInChunks } from '../../db/chunks.ts'
import type { OutboxTable } from '../../db/outbox-tables.ts'
import type { Tables } from '../../db/tables.ts'
import type { OutboxState } from '../../domain/journals/outbox.ts'
import type { TargetEntry } from '../entry.ts'
import { parseEntry } from './entry-text.ts'
import { ofRow } from './joins.ts'

/** Which outbox: a book's, to one target. */
export interface Outbox {
  readonly book: bigint
  readonly target: string
}

export interface RowHead extends Outbox {
  readonly journal: bigint
  readonly part: number
  readonly parts: number
  readonly document: string
  readonly state: OutboxState
  readonly revision: number
  readonly generation: number
  readonly sentAtMs: number | null
  readonly holder: string | null
  readonly holderUntilMs: number | null
  readonly remoteId: string | null
  readonly remoteVersion: string | null
  readonly history: number
  readonly queuedAtMs: number
  readonly checkedAtMs: number | null
  /** Batch of the log with the last that was announced, answered or decided about it. */
  readonly record: number | null
}

/** With what the payload in force says. */
export interface EntryRow extends RowHead {
  readonly entry: TargetEntry
  /** Hex, of the bytes that say it. */
  readonly bodySha256: string
}

/** With the exact bytes that say it, and why they are as they are. */
export interface OutboxRow extends EntryRow {
  readonly body: string
  readonly reason: string
}

export interface RowFilter {
  readonly states?: readonly OutboxState[]
  readonly documents?: readonly string[]
  readonly journal?: bigint
  readonly limit?: number
}

/** In the order of sealing. */
export async function readRows(
  db: Kysely<Tables>,
  outbox: Outbox,
  filter: RowFilter = {},
): Promise<readonly OutboxRow[]> {
  const rows = await chunked(filter, (some) =>
    withPayload(db, outbox, some).select(['payload.body', 'payload.reason']).execute(),
  )
  return rows.map((row) => ({
    ...toEntryRow(row),
    body: row.body,
    reason: row.reason,
  }))
}

/** The same without the bytes. */
export async function readEntries(
  db: Kysely<Tables>,
  outbox: Outbox,
  filter: RowFilter = {},
): Promise<readonly EntryRow[]> {
  const rows = await chunked(filter, (some) => withPayload(db, outbox, some).execute())
  return rows.map(toEntryRow)
}

/** A list of documents may be of any length; the other filters go with each part of it. */
function chunked<R>(filter: RowFilter, read: (filter: RowFilter) => Promise<readonly R[]>): Promise<readonly R[]> {
  const { documents, ...rest } = filter
  return documents === undefined ? read(rest) : readInChunks(documents, (some) => read({ ...rest, documents: some }))
}

/** For queries that choose rows in ways of their own. */
export function selectEntries(db: Kysely<Tables>, { book, target }: Outbox) {
  return db
    .selectFrom('outbox as row')
    .innerJoin('outbox_payload as payload', (join) =>
      join.on(ofRow('payload')).onRef('payload.revision', '=', 'row.revision'),
    )
    .where('row.book', '=', book)
    .where('row.target', '=', target)
    .selectAll('row')
    .select(['payload.entry', 'payload.body_sha256'])
}

function withPayload(db: Kysely<Tables>, outbox: Outbox, { states, documents, journal, limit }: RowFilter) {
  let query = selectEntries(db, outbox)
  if (states !== undefined) query = query.where('row.state', 'in', [...states])
  if (documents !== undefined) query = query.where('row.document', 'in', [...documents])
  if (journal !== undefined) query = query.where('row.journal', '=', journal)
  if (limit !== undefined) query = query.limit(limit)
  return query.orderBy('row.journal').orderBy('row.part')
}

export function toEntryRow(
  row: Selectable<OutboxTable> & { readonly entry: string; readonly body_sha256: Buffer },
): EntryRow {
  return { ...toHead(row), entry: parseEntry(row.entry), bodySha256: row.body_sha256.toString('hex') }
}

export function toHead(row: Selectable<OutboxTable>): RowHead {
  return {
    book: row.book,
    target: row.target,
    journal: row.journal,
    part: Number(row.part),
    parts: Number(row.parts),
    document: row.document,
    state: row.state,
    revision: Number(row.revision),
    generation: Number(row.generation),
    sentAtMs: numberOrNull(row.sent_at_ms),
    holder: row.holder,
    holderUntilMs: numberOrNull(row.holder_until_ms),
    remoteId: row.remote_id,
    remoteVersion: row.remote_version,
    history: Number(row.history),
    queuedAtMs: Number(row.queued_at_ms),
    checkedAtMs: numberOrNull(row.checked_at_ms),
    record: numberOrNull(row.record),
  }
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}
