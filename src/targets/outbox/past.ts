/**
 * The past of rows: every version they had, every line of their history. A version that was sent once may be the one that
 * arrived, and what a person has decided stays decided.
 */
import type { Kysely } from 'kysely'
import { readInChunks } from '../../db/chunks.ts'
import type { Tables } from '../../db/tables.ts'
import type { OutboxState } from '../../domain/journals/outbox.ts'
import type { TargetEntry } from '../entry.ts'
import { parseEntry } from './entry-text.ts'
import { ofRow } from './joins.ts'
import type { Outbox, RowHead } from './row.ts'

/** Every version these documents ever had, oldest first, by document: any of them may be what arrived. */
export async function payloadsOf(
  db: Kysely<Tables>,
  { book, target }: Outbox,
  documents: readonly string[],
): Promise<ReadonlyMap<string, readonly TargetEntry[]>> {
  const rows = await readInChunks(documents, (some) =>
    db
      .selectFrom('outbox as row')
      .innerJoin('outbox_payload as payload', (join) => join.on(ofRow('payload')))
      .where('row.book', '=', book)
      .where('row.target', '=', target)
      .where('row.document', 'in', some)
      .select(['row.document', 'payload.entry'])
      .orderBy('payload.revision')
      .execute(),
  )
  const versions = Map.groupBy(rows, ({ document }) => document)
  return new Map([...versions].map(([document, all]) => [document, all.map(({ entry }) => parseEntry(entry))]))
}

/** Of these documents, those about which a person has decided something. */
export async function decidedByPerson(
  db: Kysely<Tables>,
  { book, target }: Outbox,
  documents: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await readInChunks(documents, (some) =>
    db
      .selectFrom('outbox as row')
      .innerJoin('outbox_attempt as line', (join) => join.on(ofRow('line')))
      .where('row.book', '=', book)
      .where('row.target', '=', target)
      .where('row.document', 'in', some)
      .where('line.by_person', 'is not', null)
      .select('row.document')
      .distinct()
      .execute(),
  )
  return new Set(rows.map(({ document }) => document))
}

/**
 * Of these documents, those some version of which may have arrived earlier: a create without a known end makes a row
 * unknown, and one that was delivered was there. Counters of keys and versions do not tell, since a person may have raised them.
 */
export async function onceSent(
  db: Kysely<Tables>,
  { book, target }: Outbox,
  documents: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await readInChunks(documents, (some) =>
    db
      .selectFrom('outbox as row')
      .innerJoin('outbox_attempt as line', (join) => join.on(ofRow('line')))
      .where('row.book', '=', book)
      .where('row.target', '=', target)
      .where('row.document', 'in', some)
      .where('line.to_state', 'in', ['unknown', 'delivered'])
      .select('row.document')
      .distinct()
      .execute(),
  )
  return new Set(rows.map(({ document }) => document))
}

export interface LastLine {
  readonly message: string
  readonly evidence: string | null
}

/** The last line of the history of these documents, by document; none of a row that nobody has taken up yet. */
export async function lastLines(
  db: Kysely<Tables>,
  { book, target }: Outbox,
  documents: readonly string[],
): Promise<ReadonlyMap<string, LastLine>> {
  const rows = await readInChunks(documents, (some) =>
    db
      .selectFrom('outbox as row')
      .innerJoin('outbox_attempt as line', (join) => join.on(ofRow('line')).onRef('line.n', '=', 'row.history'))
      .where('row.book', '=', book)
      .where('row.target', '=', target)
      .where('row.document', 'in', some)
      .select(['row.document', 'line.message', 'line.evidence'])
      .execute(),
  )
  return new Map(rows.map(({ document, message, evidence }) => [document, { message, evidence }]))
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

export async function historyOf(db: Kysely<Tables>, row: RowHead): Promise<readonly HistoryLine[]> {
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
