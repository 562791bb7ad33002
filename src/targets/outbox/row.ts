/** Reads the outbox: rows with the payload in force, as values. Writing is in move.ts and enqueue.ts alone. */
import type { Kysely, Selectable } from 'kysely'
import type { OutboxTable } from '../../db/outbox-tables.ts'
import type { Tables } from '../../db/tables.ts'
import type { OutboxState } from '../../domain/journals/outbox.ts'
import type { TargetEntry } from '../entry.ts'
import { parseEntry } from './entry-text.ts'

/** Which outbox: a book's, to one target. */
export interface Outbox {
  readonly book: bigint
  readonly target: string
}

export interface OutboxRow extends Outbox {
  readonly journal: bigint
  readonly part: number
  readonly parts: number
  readonly document: string
  readonly state: OutboxState
  readonly revision: number
  readonly generation: number
  readonly sentAtMs: number | null
  readonly answered: boolean
  readonly holder: string | null
  readonly holderUntilMs: number | null
  readonly remoteId: string | null
  readonly remoteVersion: string | null
  readonly history: number
  readonly queuedAtMs: number
  readonly checkedAtMs: number | null
  /** The payload in force: the exact bytes, what they were made from, and why they are as they are. */
  readonly body: string
  readonly bodySha256: string
  readonly entry: TargetEntry
  readonly reason: string
}

export interface RowFilter {
  readonly states?: readonly OutboxState[]
  readonly documents?: readonly string[]
  readonly journal?: bigint
  readonly limit?: number
}

const DOCUMENTS_PER_QUERY = 500

/** In the order of sealing. */
export async function readRows(
  db: Kysely<Tables>,
  { book, target }: Outbox,
  { states, documents, journal, limit }: RowFilter = {},
): Promise<readonly OutboxRow[]> {
  if (documents !== undefined && documents.length > DOCUMENTS_PER_QUERY) {
    throw new RangeError(`at most ${DOCUMENTS_PER_QUERY} documents are read at once`)
  }
  let query = db
    .selectFrom('outbox as row')
    .innerJoin('outbox_payload as payload', (join) =>
      join
        .onRef('payload.book', '=', 'row.book')
        .onRef('payload.target', '=', 'row.target')
        .onRef('payload.journal', '=', 'row.journal')
        .onRef('payload.part', '=', 'row.part')
        .onRef('payload.revision', '=', 'row.revision'),
    )
    .where('row.book', '=', book)
    .where('row.target', '=', target)
    .selectAll('row')
    .select(['payload.body', 'payload.body_sha256', 'payload.entry', 'payload.reason'])
  if (states !== undefined) query = query.where('row.state', 'in', [...states])
  if (documents !== undefined) query = query.where('row.document', 'in', [...documents])
  if (journal !== undefined) query = query.where('row.journal', '=', journal)
  if (limit !== undefined) query = query.limit(limit)
  const rows = await query.orderBy('row.journal').orderBy('row.part').execute()
  return rows.map(toRow)
}

type Joined = Selectable<OutboxTable> & {
  readonly body: string
  readonly body_sha256: Buffer
  readonly entry: string
  readonly reason: string
}

function toRow(row: Joined): OutboxRow {
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
    answered: row.answered === 1n,
    holder: row.holder,
    holderUntilMs: numberOrNull(row.holder_until_ms),
    remoteId: row.remote_id,
    remoteVersion: row.remote_version,
    history: Number(row.history),
    queuedAtMs: Number(row.queued_at_ms),
    checkedAtMs: numberOrNull(row.checked_at_ms),
    body: row.body,
    bodySha256: row.body_sha256.toString('hex'),
    entry: parseEntry(row.entry),
    reason: row.reason,
  }
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}

/** Every payload a row ever had: an entry may have arrived as any of them. */
export async function payloadsOf(db: Kysely<Tables>, row: OutboxRow): Promise<readonly TargetEntry[]> {
  const rows = await db
    .selectFrom('outbox_payload')
    .select('entry')
    .where('book', '=', row.book)
    .where('target', '=', row.target)
    .where('journal', '=', row.journal)
    .where('part', '=', BigInt(row.part))
    .orderBy('revision')
    .execute()
  return rows.map(({ entry }) => parseEntry(entry))
}

export interface HistoryLine {
  readonly n: number
  readonly atMs: number
  readonly from: OutboxState
  readonly to: OutboxState
  readonly key: string
  readonly message: string
  readonly evidence: string | null
  readonly remoteId: string | null
  readonly byPerson: string | null
}

export async function historyOf(db: Kysely<Tables>, row: OutboxRow): Promise<readonly HistoryLine[]> {
  const rows = await db
    .selectFrom('outbox_attempt')
    .selectAll()
    .where('book', '=', row.book)
    .where('target', '=', row.target)
    .where('journal', '=', row.journal)
    .where('part', '=', BigInt(row.part))
    .orderBy('n')
    .execute()
  return rows.map((line) => ({
    n: Number(line.n),
    atMs: Number(line.at_ms),
    from: line.from_state,
    to: line.to_state,
    key: line.request_key,
    message: line.message,
    evidence: line.evidence,
    remoteId: line.remote_id,
    byPerson: line.by_person,
  }))
}
